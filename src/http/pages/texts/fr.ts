// The texts of the pages in French.
import type { Texts } from './en.ts'

const report = 'Si le problème persiste, contactez {contact}.'

export const fr: Texts = {
  defaultContact: 'la personne qui gère ce serveur',
  signIn: 'Se connecter',
  tryAgain: 'Réessayer',
  newTab: 'Ouvrir dans un nouvel onglet',
  detail: 'Pour la personne qui gère ce serveur :',
  errors: {
    'sign-in': {
      title: 'Connectez-vous pour voir cette page',
      text: 'Le nom d’utilisateur ou le mot de passe est absent ou incorrect.',
      advice: 'Choisissez « Se connecter » et saisissez les deux quand le navigateur les demande.',
      ask: 'Pas encore de nom d’utilisateur, ou mot de passe oublié ? Contactez {contact}.',
    },
    forbidden: {
      title: 'Vous n’avez pas accès à cette page',
      text: 'Vous êtes connecté, mais votre compte n’a pas l’autorisation nécessaire.',
      advice: '',
      ask: 'Si vous avez besoin d’un accès, contactez {contact}.',
    },
    'cross-site': {
      title: 'Cette requête a été bloquée',
      text: 'Une page d’un autre site l’a envoyée, et elle aurait utilisé votre connexion à ce site.',
      advice: 'Ouvrez cette adresse dans son propre onglet et continuez à partir de là.',
      ask: 'Si l’autre site est censé faire cela, contactez {contact}.',
    },
    'not-found': {
      title: 'Il n’y a pas de page à cette adresse',
      text: 'L’adresse est peut-être incomplète ou mal écrite.',
      advice: 'Vérifiez l’adresse.',
      ask: 'Si un lien vous a conduit ici, contactez {contact}.',
    },
    throttled: {
      title: 'Trop de tentatives de connexion',
      text: 'Les connexions sont refusées un court instant, pour empêcher de deviner les mots de passe.',
      advice: 'Attendez quelques secondes, puis réessayez.',
      ask: 'Mot de passe oublié ? Contactez {contact}.',
    },
    fault: {
      title: 'Le mot de passe n’a pas pu être vérifié',
      text: 'Une erreur du serveur l’empêche. Votre mot de passe est peut-être correct.',
      advice: '',
      ask: 'Contactez {contact} ; le journal du serveur indique la raison.',
    },
    busy: {
      title: 'Trop de connexions en même temps',
      text: 'Le serveur vérifie déjà autant de mots de passe qu’il le peut.',
      advice: 'Attendez quelques secondes, puis réessayez.',
      ask: report,
    },
    connections: {
      title: 'Trop de connexions ouvertes',
      text: 'Trop de connexions de votre réseau sont ouvertes sans authentification.',
      advice: 'Attendez quelques secondes, puis réessayez.',
      ask: report,
    },
    'app-unreachable': {
      title: 'L’application n’est pas démarrée',
      text: 'Ce serveur fonctionne, mais l’application derrière lui ne répond pas.',
      advice: 'Elle est peut-être en train de démarrer : réessayez dans un instant.',
      ask: report,
    },
    'app-tls': {
      title: 'L’application est injoignable',
      text: 'Aucune connexion chiffrée à l’application derrière ce serveur n’a pu être établie.',
      advice: '',
      ask: 'Contactez {contact}.',
    },
    'app-lost': {
      title: 'L’application n’a pas répondu',
      text: 'L’application derrière ce serveur a fermé la connexion sans réponse.',
      advice: 'Si vous enregistriez quelque chose, vérifiez si cela a été enregistré avant de recommencer.',
      ask: report,
    },
    'app-invalid': {
      title: 'L’application a envoyé une réponse non valide',
      text: 'La réponse de l’application derrière ce serveur ne peut pas être transmise.',
      advice: '',
      ask: 'Contactez {contact}.',
    },
    'app-timeout': {
      title: 'L’application est trop lente',
      text: 'L’application derrière ce serveur n’a pas répondu à temps.',
      advice: 'Si vous enregistriez quelque chose, vérifiez si cela a été enregistré avant de recommencer.',
      ask: report,
    },
    'app-busy': {
      title: 'L’application est occupée',
      text: 'Trop de requêtes vers l’application sont en cours.',
      advice: 'Réessayez dans un instant.',
      ask: report,
    },
  },
}
