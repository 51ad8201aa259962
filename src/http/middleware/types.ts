// The types that each sub-path exports beside its own functions.
export type { AccessOptions } from './access.ts'
export type {
  AuthenticatedUser,
  BasicAuthOptions,
  BasicAuthSetup,
  BasicAuthUsers,
  Closable,
  MiddlewareOptions,
} from './options.ts'
export type { BasicAuthRefusal, CustomResponse } from './refusal.ts'
