import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeStepUp } from 'nest-stepup/openapi';

export { imports, tokens } from './testing.js';

/** Stops the app where its document does not say what the route demands. */
export function configure(app: INestApplication): void {
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  const { paths } = describeStepUp(app, document);
  const text = JSON.stringify(paths['/transfers']?.get);
  if (!text.includes('"x-step-up":{"acrValues":["phr"]}')) throw new Error(text);
}
