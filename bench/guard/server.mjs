/** A Nest app with one route and one way to guard it, in a process of its own. */
import 'reflect-metadata';
import '../packages.mjs';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const { CONTESTANTS } = await import('./contestants.mjs');
const { adapter, name, issuer, jwksUri } = JSON.parse(process.argv[2]);

const { create } = CONTESTANTS.find((contestant) => contestant.name === name);
const {
  decorators = [],
  imports = [],
  providers = [],
  middleware,
} = await create({ issuer, jwksUri });

class TransfersController {
  list() {
    return { transfers: [{ id: 1, to: 'bob', amount: 250 }] };
  }
}
const handler = Object.getOwnPropertyDescriptor(TransfersController.prototype, 'list');
for (const decorate of [Get(), ...decorators]) {
  decorate(TransfersController.prototype, 'list', handler);
}
Controller('transfers')(TransfersController);

class AppModule {
  configure(consumer) {
    if (middleware) consumer.apply(...middleware).forRoutes('transfers');
  }
}
Module({ imports, providers, controllers: [TransfersController] })(AppModule);

const app = await NestFactory.create(AppModule, await createAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');

async function createAdapter() {
  if (adapter === 'express') {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  }
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return new FastifyAdapter();
}

process.on('message', (message) => {
  if (message === 'usage') process.send({ usage: process.cpuUsage() });
});
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${app.getHttpServer().address().port}/transfers` });
