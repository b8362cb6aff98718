import type { DynamicModule, INestApplication } from '@nestjs/common';

/** Tokens for the caller, where the authorization server does not issue them. */
export type Tokens = { readonly weak: string; readonly strong: string } | undefined;
export type Imports = DynamicModule[];

/** What the app of an entry says. */
export interface Entry {
  readonly tokens: Tokens;
  readonly imports: Imports;
  /** What the app does once it listens. */
  readonly configure?: (app: INestApplication) => void;
}

export const issuer = process.env['ISSUER'] ?? '';
export const audience = process.env['AUDIENCE'] ?? '';
