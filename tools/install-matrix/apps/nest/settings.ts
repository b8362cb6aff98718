import type { DynamicModule } from '@nestjs/common';

/** Tokens for the caller, where the authorization server does not issue them. */
export type Tokens = { readonly weak: string; readonly strong: string } | undefined;
export type Imports = DynamicModule[];

export const issuer = process.env['ISSUER'] ?? '';
export const audience = process.env['AUDIENCE'] ?? '';
