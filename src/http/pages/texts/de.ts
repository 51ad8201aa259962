// The texts of the pages in German.
import type { Texts } from './page-texts.ts'

const report = 'Wenn das Problem weiter besteht, wenden Sie sich an {contact}.'

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
      ask: 'Noch keinen Benutzernamen, oder das Passwort vergessen? Fragen Sie {contact}.',
    },
    'invalid-token': {
      title: 'Das Token ist ungültig',
      text: 'Es ist fehlerhaft, unbekannt, abgelaufen oder widerrufen, oder der Benutzer hat sich geändert.',
      advice: 'Programme brauchen ein neues Token; Personen melden sich mit Benutzername und Passwort an.',
      ask: 'Sollte es noch gelten? Fragen Sie {contact}.',
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
      title: 'Die Antwort der Anwendung ist ungültig',
      text: 'Was die Anwendung hinter diesem Server gesendet hat, kann nicht weitergegeben werden.',
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
      text: 'Die Anwendung bearbeitet bereits zu viele Anfragen.',
      advice: 'Versuchen Sie es gleich noch einmal.',
      ask: report,
    },
  },
  login: {
    title: 'Anmelden',
    name: 'Benutzername',
    password: 'Passwort',
    stay: 'Auf diesem Gerät angemeldet bleiben',
    show: 'Passwort anzeigen',
    capsLock: 'Die Feststelltaste ist eingeschaltet.',
    submit: 'Anmelden',
    wrong: 'Der Benutzername oder das Passwort ist falsch.',
    throttled: 'Zu viele Fehlversuche. Warten Sie {seconds} Sekunden und versuchen Sie es dann erneut.',
    busy: 'Im Moment melden sich zu viele Personen an. Warten Sie einige Sekunden und versuchen Sie es dann erneut.',
    fault:
      'Das Passwort konnte wegen eines Fehlers auf dem Server nicht geprüft werden. Es kann durchaus richtig sein.',
    over: 'Ihre Sitzung ist beendet. Melden Sie sich erneut an, um weiterzumachen.',
    signedIn: 'Sie sind als {user} angemeldet.',
    goOn: 'Weiter',
    noCookie:
      'Die Anmeldung hat geklappt, aber Ihr Browser hat das Cookie dafür nicht gespeichert. Erlauben Sie Cookies für diese Adresse und versuchen Sie es dann erneut.',
    ask: 'Noch keinen Benutzernamen, oder das Passwort vergessen? Fragen Sie {contact}.',
    frame: 'Melden Sie sich in einem eigenen Tab an und laden Sie diese Seite dann neu.',
  },
  logout: {
    title: 'Abmelden',
    text: 'Sie sind als {user} angemeldet.',
    submit: 'Abmelden',
    nobody: 'Sie sind nicht angemeldet.',
    done: 'Sie sind abgemeldet',
    doneText: 'Diese Sitzung ist in allen Tabs beendet.',
    pending: 'Dieser Server hat die Sitzung beendet. Die übrigen Server folgen in Kürze.',
    again: 'Erneut anmelden',
  },
  provider: {
    button: 'Mit {name} anmelden',
    down: '{name} ist im Moment nicht erreichbar. Benutzername und Passwort funktionieren weiterhin.',
    title: 'Die Anmeldung war nicht erfolgreich',
    problems: {
      down: '{name} ist im Moment nicht erreichbar oder meldet einen Fehler. Versuchen Sie es später erneut, oder melden Sie sich mit Benutzername und Passwort an.',
      denied:
        '{name} hat Sie nicht angemeldet, oder Sie haben dort abgelehnt. Um es erneut zu versuchen, gehen Sie zurück zur Anmeldeseite.',
      'no-attempt':
        'Diese Anmeldung dauerte länger als 10 Minuten, wurde schon abgeschlossen oder in einem anderen Browser begonnen. Beginnen Sie auf der Anmeldeseite von vorn; erlauben Sie Cookies für diese Adresse, wenn es wieder geschieht.',
      'unknown-user':
        '{name} kennt Sie, aber dieser Server hat keinen Benutzer mit diesem Namen. Vielleicht haben Sie sich dort mit einem anderen Konto angemeldet.',
      clock:
        'Was {name} gesendet hat, ist abgelaufen oder noch nicht gültig: Die Uhren der beiden Server gehen verschieden. Die Uhr dieses Servers zeigt {time}.',
      invalid: 'Was {name} gesendet hat, konnte nicht angenommen werden. Der Grund steht im Log des Servers.',
    },
    back: 'Zurück zur Anmeldeseite',
    ask: 'Wenn das Problem weiter besteht oder Sie Zugriff haben sollten, wenden Sie sich an {contact}.',
    signedOut: 'Bei {name} sind Sie vielleicht noch angemeldet.',
    signOut: 'Bei {name} abmelden',
  },
  account: {
    title: 'Ihr Konto',
    user: 'Benutzername',
    groups: 'Gruppen',
    noGroups: 'keine',
    signedIn: 'Angemeldet seit',
    until: 'Sitzung endet spätestens',
    goOn: 'Zurück zur Anwendung',
    current: 'Aktuelles Passwort',
    wrong: 'Das aktuelle Passwort ist falsch. Es wurde nichts geändert.',
    noPassword:
      'Sie melden sich mit {name} an und haben hier kein Passwort. Ändern können Sie Ihr Passwort nur dort.',
    askForToken: 'Für ein neues Token wenden Sie sich an {contact}.',
    passwordTitle: 'Passwort ändern',
    next: 'Neues Passwort',
    repeat: 'Neues Passwort wiederholen',
    rules:
      'Mindestens 8 Zeichen, und nichts, was leicht zu erraten ist. Ihre anderen Sitzungen enden mit der Änderung.',
    change: 'Passwort ändern',
    changed: 'Das Passwort wurde geändert. Ihre anderen Sitzungen sind beendet.',
    problems: {
      short: 'Das neue Passwort ist zu kurz. Es braucht mindestens 8 Zeichen.',
      long: 'Das neue Passwort ist zu lang. Es darf höchstens {max} Bytes haben.',
      control: 'Das neue Passwort enthält ein Zeichen, das man in einem Anmeldeformular nicht eingeben kann.',
      common:
        'Das neue Passwort ist leicht zu erraten. Besser sind mehrere Wörter oder ein längeres Passwort.',
      differs: 'Die beiden neuen Passwörter stimmen nicht überein.',
      same: 'Das neue Passwort ist das aktuelle.',
    },
    readOnly:
      'Dieser Server darf die Passwortdatei lesen, aber nicht ändern. Um Ihr Passwort zu ändern, wenden Sie sich an {contact}.',
    noFile:
      'Benutzer und Passwörter dieses Servers stehen in seiner Konfiguration und können auf dieser Seite nicht geändert werden. Um Ihr Passwort zu ändern, wenden Sie sich an {contact}.',
    notSaved:
      'Das konnte nicht gespeichert werden; es wurde nichts geändert. Der Grund steht im Log des Servers; bitte wenden Sie sich an {contact}.',
    tokensTitle: 'Zugriffstokens',
    tokensText:
      'Ein Token meldet ein Programm unter Ihrem Namen an, ohne Ihr Passwort. Der MLflow-Client liest es aus MLFLOW_TRACKING_TOKEN.',
    noTokens: 'Sie haben keine Tokens.',
    tokenName: 'Name des neuen Tokens',
    tokenDays: 'Gültig für',
    days: '{days} Tage',
    tokenScope: 'Es darf',
    scopes: { all: 'lesen und schreiben', read: 'nur lesen' },
    create: 'Token erstellen',
    created: 'Das ist das neue Token „{name}“. Kopieren Sie es jetzt: Es wird nur dieses eine Mal angezeigt.',
    never: 'läuft nie ab',
    expires: 'läuft am {date} ab',
    expired: 'abgelaufen am {date}',
    revoke: 'Widerrufen',
    revokeTitle: 'Tokens widerrufen',
    revoked: 'Widerrufen. Programme, die es noch senden, werden ab jetzt abgewiesen.',
    badName: 'Ein Token braucht einen Namen mit 1 bis 64 Zeichen.',
  },
}
