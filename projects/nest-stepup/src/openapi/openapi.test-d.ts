// Compiled by `npm run typecheck`, never run: what apps may write, and what they may not.
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeStepUp } from 'nest-stepup/openapi';

export function describeApp(app: INestApplication, document: OpenAPIObject): OpenAPIObject {
  return describeStepUp(app, document, { securityScheme: 'oauth', ignoreGlobalPrefix: true });
}

export function mistakes(app: INestApplication, document: OpenAPIObject): void {
  // @ts-expect-error the document comes from SwaggerModule.createDocument()
  describeStepUp(app);
  // @ts-expect-error there is no such option
  describeStepUp(app, document, { scheme: 'oauth' });
  // @ts-expect-error a document has paths
  describeStepUp(app, { openapi: '3.0.0' });
}
