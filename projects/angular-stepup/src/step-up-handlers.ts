import {
  Injectable,
  type Signal,
  type WritableSignal,
  inject,
  signal,
  untracked,
} from '@angular/core';
import {
  type AcrRanking,
  type Authentication,
  type AuthenticationRequirement,
  combineRequirements,
  evaluateRequirement,
} from 'stepup-core';

import { STEP_UP_CLOCK, STEP_UP_CONFIG, type StepUpHandlerDefinition } from './step-up-feature';
import type { StepUpHandler } from './step-up-handler';

/** A handler, by its name, with the ranking that counts for it. */
export interface NamedHandler {
  readonly name: string;
  readonly handler: StepUpHandler;
  readonly ranking: AcrRanking | undefined;
}

/** The handlers that the app provides, and the one whose tokens are in use. */
@Injectable({ providedIn: 'root' })
export class StepUpHandlers {
  readonly #config = inject(STEP_UP_CONFIG);
  readonly #now = inject(STEP_UP_CLOCK);
  /** In the order in which the app names them. */
  readonly all: readonly [NamedHandler, ...NamedHandler[]];
  readonly #last: WritableSignal<NamedHandler>;

  constructor() {
    const { handlers, acrRanking: ranking } = this.#config;
    const make = ({ name, create, acrRanking }: StepUpHandlerDefinition): NamedHandler => ({
      name,
      handler: create(),
      ranking: ranking ?? acrRanking,
    });
    const [first, ...others] = handlers;
    this.all = [make(first), ...others.map(make)];
    this.#last = signal(this.all[0]);
  }

  /** The ID token's word, of the handler in use. */
  get authentication(): Signal<Authentication | undefined> {
    return this.#active().handler.authentication;
  }

  /** As {@link authentication}, at this moment. */
  current(): Authentication | undefined {
    return untracked(() => this.authentication());
  }

  accessToken(): string | undefined | Promise<string | undefined> {
    return untracked(() => this.#active().handler.accessToken());
  }

  /** The handler that is to carry out a step-up. */
  choose(requirement: AuthenticationRequirement): NamedHandler {
    return this.#config.choice?.(requirement, this.all) ?? this.all[0];
  }

  /** Makes a handler the one in use. */
  use(handler: NamedHandler): void {
    this.#last.set(handler);
  }

  /** Whether an authentication satisfies a requirement, now. */
  satisfies(
    requirement: AuthenticationRequirement,
    authentication = this.current(),
    { ranking } = untracked(() => this.#active()),
  ): boolean {
    const options = { now: this.#now(), ...(ranking && { ranking }) };
    return !!authentication && evaluateRequirement(requirement, authentication, options).satisfied;
  }

  /** Combines requirements that are all in force; `undefined` for none. */
  combine(
    requirements: readonly AuthenticationRequirement[],
  ): AuthenticationRequirement | undefined {
    return combineRequirements(requirements, untracked(() => this.#active()).ranking);
  }

  /** The handler of the last step-up, or else the first one with a signed-in end-user. */
  #active(): NamedHandler {
    const last = this.#last();
    return [last, ...this.all].find(({ handler }) => handler.authentication()) ?? last;
  }
}
