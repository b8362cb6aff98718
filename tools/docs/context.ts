/** What fragments in docs and docstrings use without saying where it is from. */
export { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
export { NestFactory } from '@nestjs/core';
export { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
export { Test } from '@nestjs/testing';
export { provideHttpClient, withInterceptors } from '@angular/common/http';
export { computed, inject } from '@angular/core';
export { TestBed } from '@angular/core/testing';
export { NonNullableFormBuilder } from '@angular/forms';
export { readFileSync } from 'node:fs';

import type { Type } from '@angular/core';
import type { INestApplication } from '@nestjs/common';
import type { OktaAuth as OktaClient } from '@okta/okta-auth-js';
import type { StepUpDialogTexts } from 'angular-stepup/dialog';
import type { TokenVerifier } from 'nest-stepup';
import type { TestClock } from 'stepup-core/testing';

type Class = new () => object;

// Of an API
export declare const issuer: string;
export declare const audience: string;
export declare const app: INestApplication;
export declare const clientId: string;
export declare const clientSecret: string;
export declare const publicUrl: string;
export declare const key: string;
export declare const verifier: TokenVerifier;
export declare const clock: TestClock;
export declare const amount: number;
export declare const balance: number;
export declare const hsm: { sign(input: Uint8Array): Promise<Uint8Array> };
export declare const AppModule: Class;
export declare const TransfersController: Class;

// Of an app
export declare const apiUrl: string;
export declare const oktaAuth: OktaClient;
export declare const App: Type<unknown>;
export declare const Profile: Type<unknown>;
export declare const language: () => string;
export declare const GERMAN: Partial<StepUpDialogTexts>;
