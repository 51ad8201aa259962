// The texts of the pages in French.
import type { Texts } from './page-texts.ts'

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
    'invalid-token': {
      title: 'Le jeton n’est pas valide',
      text: 'Il est mal formé, inconnu, expiré ou révoqué, ou son utilisateur a changé.',
      advice:
        'Un programme a besoin d’un nouveau jeton ; une personne se connecte avec son nom d’utilisateur et son mot de passe.',
      ask: 'S’il est censé être encore valide, contactez {contact}.',
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
      text: 'Trop de connexions venant de votre réseau sont ouvertes sans authentification.',
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
  login: {
    title: 'Se connecter',
    name: 'Nom d’utilisateur',
    password: 'Mot de passe',
    stay: 'Rester connecté sur cet appareil',
    show: 'Afficher le mot de passe',
    capsLock: 'La touche Verr. Maj. est activée.',
    submit: 'Se connecter',
    wrong: 'Le nom d’utilisateur ou le mot de passe est incorrect.',
    throttled: 'Trop de tentatives infructueuses. Attendez {seconds} secondes, puis réessayez.',
    busy: 'Trop de personnes se connectent en ce moment. Attendez quelques secondes, puis réessayez.',
    fault:
      'Le mot de passe n’a pas pu être vérifié à cause d’une erreur du serveur. Il est peut-être correct.',
    over: 'Votre session est terminée. Reconnectez-vous pour continuer.',
    signedIn: 'Vous êtes connecté en tant que {user}.',
    goOn: 'Continuer',
    noCookie:
      'La connexion a réussi, mais votre navigateur n’a pas conservé le cookie de connexion. Autorisez les cookies pour cette adresse, puis réessayez.',
    ask: 'Pas encore de nom d’utilisateur, ou mot de passe oublié ? Contactez {contact}.',
    frame: 'Connectez-vous dans un onglet séparé, puis rechargez cette page.',
  },
  logout: {
    title: 'Se déconnecter',
    text: 'Vous êtes connecté en tant que {user}.',
    submit: 'Se déconnecter',
    nobody: 'Vous n’êtes pas connecté.',
    done: 'Vous êtes déconnecté',
    doneText: 'Cette session est terminée, dans tous les onglets.',
    pending: 'Ce serveur a terminé la session. Les autres serveurs en seront informés sous peu.',
    again: 'Se reconnecter',
  },
  provider: {
    button: 'Se connecter avec {name}',
    down: '{name} est injoignable pour le moment. Le nom d’utilisateur et le mot de passe fonctionnent toujours.',
    title: 'La connexion a échoué',
    problems: {
      down: '{name} est injoignable pour le moment, ou signale une erreur. Réessayez plus tard, ou connectez-vous avec un nom d’utilisateur et un mot de passe.',
      denied:
        '{name} ne vous a pas connecté, ou vous avez refusé. Pour réessayer, retournez à la page de connexion.',
      'no-attempt':
        'Cette connexion a duré plus de 10 minutes, était déjà terminée, ou a commencé dans un autre navigateur. Recommencez à la page de connexion ; si cela se reproduit, autorisez les cookies pour cette adresse.',
      'unknown-user':
        '{name} vous connaît, mais ce serveur n’a pas d’utilisateur de ce nom. Vous vous y êtes peut-être connecté avec un autre compte.',
      clock:
        'Ce que {name} a envoyé a expiré ou n’est pas encore valable : les horloges des deux serveurs diffèrent. L’horloge de ce serveur indique {time}.',
      invalid:
        'Ce que {name} a envoyé n’a pas pu être accepté. La raison se trouve dans le journal du serveur.',
    },
    back: 'Retour à la page de connexion',
    ask: 'Si cela persiste, ou si vous êtes censé avoir accès, contactez {contact}.',
    signedOut: 'Vous êtes peut-être encore connecté à {name}.',
    signOut: 'Se déconnecter de {name}',
  },
  account: {
    title: 'Votre compte',
    user: 'Nom d’utilisateur',
    groups: 'Groupes',
    noGroups: 'aucun',
    signedIn: 'Connecté depuis',
    until: 'Fin de la session au plus tard',
    goOn: 'Retour à l’application',
    current: 'Mot de passe actuel',
    wrong: 'Le mot de passe actuel est incorrect. Rien n’a été modifié.',
    noPassword:
      'Vous vous connectez avec {name} et n’avez pas de mot de passe ici. Votre mot de passe se change uniquement là-bas.',
    askForToken: 'Pour un nouveau jeton, contactez {contact}.',
    passwordTitle: 'Changer de mot de passe',
    next: 'Nouveau mot de passe',
    repeat: 'Confirmer le nouveau mot de passe',
    rules:
      'Au moins 8 caractères, et rien de facile à deviner. Vos autres sessions se terminent avec le changement.',
    change: 'Changer de mot de passe',
    changed: 'Le mot de passe a été changé. Vos autres sessions sont terminées.',
    problems: {
      short: 'Le nouveau mot de passe est trop court. Il faut au moins 8 caractères.',
      long: 'Le nouveau mot de passe est trop long. Il ne doit pas dépasser {max} octets.',
      control:
        'Le nouveau mot de passe contient un caractère impossible à saisir dans un formulaire de connexion.',
      common:
        'Le nouveau mot de passe est facile à deviner. Plusieurs mots, ou un mot de passe plus long, sont préférables.',
      differs: 'Les deux nouveaux mots de passe sont différents.',
      same: 'Le nouveau mot de passe est le mot de passe actuel.',
    },
    readOnly:
      'Ce serveur peut lire le fichier de mots de passe, mais pas le modifier. Pour changer de mot de passe, contactez {contact}.',
    noFile:
      'Les utilisateurs et mots de passe de ce serveur font partie de sa configuration et ne peuvent pas être modifiés sur cette page. Pour changer de mot de passe, contactez {contact}.',
    notSaved:
      'L’enregistrement a échoué et rien n’a été modifié. Le journal du serveur indique la raison ; contactez {contact}.',
    tokensTitle: 'Jetons d’accès',
    tokensText:
      'Un jeton connecte un programme en votre nom, sans votre mot de passe. Le client MLflow le lit dans MLFLOW_TRACKING_TOKEN.',
    noTokens: 'Vous n’avez aucun jeton.',
    tokenName: 'Nom du nouveau jeton',
    tokenDays: 'Durée de validité',
    days: '{days} jours',
    tokenScope: 'Il peut',
    scopes: { all: 'lire et écrire', read: 'lire uniquement' },
    create: 'Créer un jeton',
    created: 'Voici le nouveau jeton « {name} ». Copiez-le maintenant : il n’est affiché que cette fois.',
    never: 'n’expire jamais',
    expires: 'expire le {date}',
    expired: 'expiré le {date}',
    revoke: 'Révoquer',
    revokeTitle: 'Révoquer des jetons',
    revoked: 'Révoqué. Les programmes qui l’envoient encore sont refusés dès maintenant.',
    badName: 'Le nom d’un jeton doit avoir de 1 à 64 caractères.',
  },
}
