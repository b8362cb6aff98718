import { Controller, Get, Inject, Module, NotFoundException, Req, Res } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { WebConfig } from '../demo.config.js';

const ROOT = Symbol('the folder of the built web app');
const CONFIG = Symbol('the configuration of the web app');

@Controller()
class SpaController {
  constructor(
    @Inject(ROOT) private readonly root: string,
    @Inject(CONFIG) private readonly config: WebConfig,
  ) {}

  @Get('demo.config.json')
  configuration(@Res() response: Response): void {
    response.setHeader('Cache-Control', 'no-store').json(this.config);
  }

  /** Every page of the app is the same document; a file that is not there is not. */
  @Get('{*path}')
  page(@Req() request: Request, @Res() response: Response): void {
    if (request.path.includes('.')) throw new NotFoundException();
    response.setHeader('Cache-Control', 'no-cache').sendFile('index.html', { root: this.root });
  }
}

/** The pages of the demo: static files, and the app's document for every other address. */
@Module({ controllers: [SpaController] })
export class SpaModule {
  static register(root: string, config: WebConfig): DynamicModule {
    return {
      module: SpaModule,
      providers: [
        { provide: ROOT, useValue: root },
        { provide: CONFIG, useValue: config },
      ],
    };
  }
}
