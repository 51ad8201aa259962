// The texts of the pages in German.
import type { Texts } from './en.ts'

const report = 'Wenn es so bleibt, wenden Sie sich an {contact}.'

export const de: Texts = {
  defaultContact: 'die Person, die diesen Server betreibt',
  signIn: 'Anmelden',
  tryAgain: 'Erneut versuchen',
  newTab: 'In neuem Tab öffnen',
  detail: 'Für die Person, die diesen Server betreibt:',
  errors: {
    'sign-in': {
      title: 'Bitte melden Sie sich an',
      text: 'Der Benutzername oder das Passwort fehlt oder ist falsch.',
      advice: 'Wählen Sie „Anmelden“ und geben Sie beides ein, wenn der Browser danach fragt.',
      ask: 'Noch kein Benutzername, oder das Passwort vergessen? Fragen Sie {contact}.',
    },
    forbidden: {
      title: 'Kein Zugriff auf diese Seite',
      text: 'Sie sind angemeldet, aber Ihr Konto hat dafür keine Berechtigung.',
      advice: '',
      ask: 'Wenn Sie Zugriff brauchen, fragen Sie {contact}.',
    },
    'cross-site': {
      title: 'Diese Anfrage wurde abgebrochen',
      text: 'Eine Seite einer anderen Website hat sie gesendet und hätte dabei Ihre Anmeldung benutzt.',
      advice: 'Öffnen Sie diese Adresse in einem eigenen Tab und machen Sie dort weiter.',
      ask: 'Wenn die andere Website das tun soll, fragen Sie {contact}.',
    },
    'not-found': {
      title: 'Unter dieser Adresse gibt es keine Seite',
      text: 'Die Adresse ist vielleicht unvollständig oder falsch geschrieben.',
      advice: 'Prüfen Sie die Adresse.',
      ask: 'Wenn ein Link Sie hierher geführt hat, wenden Sie sich an {contact}.',
    },
    throttled: {
      title: 'Zu viele fehlgeschlagene Anmeldungen',
      text: 'Anmeldungen werden für kurze Zeit abgelehnt, damit niemand Passwörter erraten kann.',
      advice: 'Warten Sie einige Sekunden und versuchen Sie es erneut.',
      ask: 'Passwort vergessen? Fragen Sie {contact}.',
    },
    fault: {
      title: 'Das Passwort konnte nicht geprüft werden',
      text: 'Ein Fehler auf dem Server verhindert es. Ihr Passwort kann durchaus richtig sein.',
      advice: '',
      ask: 'Bitte wenden Sie sich an {contact}; der Grund steht im Log des Servers.',
    },
    busy: {
      title: 'Zu viele Anmeldungen gleichzeitig',
      text: 'Der Server prüft bereits so viele Passwörter, wie er kann.',
      advice: 'Warten Sie einige Sekunden und versuchen Sie es erneut.',
      ask: report,
    },
    connections: {
      title: 'Zu viele Verbindungen',
      text: 'Aus Ihrem Netz sind zu viele Verbindungen ohne Anmeldung offen.',
      advice: 'Warten Sie einige Sekunden und versuchen Sie es erneut.',
      ask: report,
    },
    'app-unreachable': {
      title: 'Die Anwendung läuft nicht',
      text: 'Dieser Server arbeitet, aber die Anwendung dahinter antwortet nicht.',
      advice: 'Vielleicht startet sie gerade: Versuchen Sie es gleich noch einmal.',
      ask: report,
    },
    'app-tls': {
      title: 'Die Anwendung ist nicht erreichbar',
      text: 'Es kam keine verschlüsselte Verbindung zur Anwendung hinter diesem Server zustande.',
      advice: '',
      ask: 'Bitte wenden Sie sich an {contact}.',
    },
    'app-lost': {
      title: 'Die Anwendung hat nicht geantwortet',
      text: 'Die Anwendung hinter diesem Server hat die Verbindung ohne Antwort geschlossen.',
      advice: 'Wenn Sie etwas speichern wollten, prüfen Sie vor dem Wiederholen, ob es gespeichert wurde.',
      ask: report,
    },
    'app-invalid': {
      title: 'Die Anwendung hat ungültig geantwortet',
      text: 'Die Antwort der Anwendung hinter diesem Server kann nicht weitergegeben werden.',
      advice: '',
      ask: 'Bitte wenden Sie sich an {contact}.',
    },
    'app-timeout': {
      title: 'Die Anwendung braucht zu lange',
      text: 'Die Anwendung hinter diesem Server hat nicht rechtzeitig geantwortet.',
      advice: 'Wenn Sie etwas speichern wollten, prüfen Sie vor dem Wiederholen, ob es gespeichert wurde.',
      ask: report,
    },
    'app-busy': {
      title: 'Die Anwendung ist ausgelastet',
      text: 'Zu viele Anfragen an die Anwendung sind in Arbeit.',
      advice: 'Versuchen Sie es gleich noch einmal.',
      ask: report,
    },
  },
}
