// The corpus: headers by which a client could name itself another client, user or host.
import { type Case, casesOf, get } from './case.ts'

const spoofed = [
  ...['X-Forwarded-User', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port'],
  ...[
    'X-Forwarded-Server',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Prefix',
    'X-Forwarded-Uri',
  ],
  ...[
    'X-Forwarded-Method',
    'X-Forwarded-Preferred-Username',
    'X-Forwarded-Access-Token',
    'X-Forwarded',
    'Forwarded',
  ],
  ...[
    'X-Remote-User',
    'X-Remote-Group',
    'X-Remote-Extra-Role',
    'Remote-User',
    'Remote-Groups',
    'Remote-Email',
  ],
  ...[
    'Remote-Name',
    'Remote-Addr',
    'X-WebAuth-User',
    'X-WebAuth-Role',
    'X-Auth-Request-User',
    'X-Auth-Request-Email',
  ],
  ...[
    'X-Auth-Request-Groups',
    'X-Authenticated-User',
    'X-Authenticated-Groups',
    'X-Original-URL',
    'X-Original-URI',
  ],
  ...[
    'X-Original-Host',
    'X-Original-Method',
    'X-Original-Forwarded-For',
    'X-Rewrite-URL',
    'X-Real-IP',
    'X-Client-IP',
  ],
  ...[
    'X-Cluster-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'Fastly-Client-IP',
    'Client-IP',
    'Forwarded-For',
    'Proxy-Client-IP',
    'WL-Proxy-Client-IP',
    'X-MLflow-Authorization',
  ],
]
/** A name in spellings that some server or gateway reads as the plain one. */
const aliases = (name: string): string[] => [
  name,
  name.toLowerCase(),
  name.toUpperCase(),
  name.replaceAll('-', '_'),
  name.replaceAll('-', '.'),
  `${name} `,
]

export const identity: readonly Case[] = [
  ...casesOf(
    'identity header',
    spoofed.flatMap(name =>
      [...new Set(aliases(name))].map(alias => [alias, get(`${alias}: spoofed`)] as const),
    ),
  ),
  ...casesOf(
    'identity header on an open path',
    spoofed.map(name => [name, `GET /open HTTP/1.1\r\nHost: x\r\n${name}: spoofed\r\n\r\n`]),
  ),
]
