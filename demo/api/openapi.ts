import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeStepUp } from 'nest-stepup/openapi';

/** Serves an OpenAPI document of the bank's API at `/openapi.json`: what each route demands is in it. */
export function serveOpenApi(app: INestApplication): void {
  // #region openapi
  const config = new DocumentBuilder().setTitle('Harbour Bank').setVersion('1.0').build();
  const document = describeStepUp(app, SwaggerModule.createDocument(app, config));
  // #endregion
  SwaggerModule.setup('/', app, document, {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}
