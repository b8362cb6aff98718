import { Controller, Get } from '@nestjs/common';
import { Authenticated, CurrentAuthentication } from 'nest-stepup';
import type { Authentication } from 'stepup-core';
import type { VerifiedClaims } from '../bank-api.js';

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
