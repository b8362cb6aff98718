import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CurrentAuthentication, RequireAcr, type Authentication } from 'nest-stepup';
import * as entry from './entry.js';
import type { Entry } from './settings.js';

const { imports, tokens, configure }: Entry = entry;

@Controller('transfers')
class TransfersController {
  @Get()
  @RequireAcr('phr')
  list(@CurrentAuthentication() { acr }: Authentication): object {
    return { acr };
  }
}

@Module({ imports, controllers: [TransfersController] })
class AppModule {}

async function main(): Promise<void> {
  const adapter = process.argv[2] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  configure?.(app);
  console.log(JSON.stringify({ url: await app.getUrl(), tokens }));
}

void main();
