import { Controller, Get } from '@nestjs/common';
import { Authenticated, CurrentAuthentication } from 'nest-stepup';
import type { Authentication } from 'stepup-core';

/** What the API read from the caller's access token, after verifying it; absent claims are absent here. */
export interface VerifiedClaims {
  readonly subject?: string;
  readonly acr?: string | readonly string[];
  readonly authTime?: number;
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  readonly expiresAt?: number;
}

@Controller('me')
export class MeController {
  @Get()
  @Authenticated()
  me(@CurrentAuthentication() authentication: Authentication): VerifiedClaims {
    const { subject, acr, authTime, claims } = authentication;
    return {
      ...(subject !== undefined && { subject }),
      ...(acr !== undefined && { acr }),
      ...(authTime !== undefined && { authTime }),
      ...(typeof claims?.['iss'] === 'string' && { issuer: claims['iss'] }),
      ...(typeof claims?.['aud'] === 'string' && { audience: claims['aud'] }),
      ...(typeof claims?.['exp'] === 'number' && { expiresAt: claims['exp'] }),
    };
  }
}
