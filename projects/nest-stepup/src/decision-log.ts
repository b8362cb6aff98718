import {
  Inject,
  Injectable,
  Logger,
  type ExecutionContext,
  type HttpException,
} from '@nestjs/common';
import type { AuthenticationRequirement } from 'stepup-core';
import { routeName } from './declarations.js';
import {
  InsufficientUserAuthenticationException,
  StepUpFailedException,
} from './step-up.exceptions.js';
import { STEP_UP_SETTINGS, type StepUpDecision, type StepUpSettings } from './step-up.options.js';

const CLAIM_OF = { acr_values: 'acr', max_age: 'auth_time' } as const;

/** Tells the app's observer and its log what the guard decided. No token ever gets here. */
@Injectable()
export class DecisionLog {
  private readonly logger = new Logger('StepUp');
  private readonly toldMissing = new Set<string>();

  constructor(@Inject(STEP_UP_SETTINGS) private readonly settings: StepUpSettings) {}

  granted(context: ExecutionContext, requirement: AuthenticationRequirement | undefined): void {
    if (!this.settings.onDecision) return;
    this.tell({ handler: routeName(context), ...(requirement && { requirement }) });
  }

  refused(context: ExecutionContext, refusal: HttpException): void {
    const handler = routeName(context);
    if (refusal instanceof StepUpFailedException) this.explainFailure(handler, refusal.cause);
    if (refusal instanceof InsufficientUserAuthenticationException) {
      this.explainMissingClaims(handler, refusal);
      this.tell({ handler, requirement: refusal.requirement, refusal });
    } else {
      this.tell({ handler, refusal });
    }
  }

  private tell(decision: StepUpDecision): void {
    try {
      const told = this.settings.onDecision?.(decision);
      // A rejection that nobody handles ends the process. Not every promise is of this Promise.
      if (typeof told === 'object' && told !== null) {
        Promise.resolve(told).catch((error: unknown) => this.explainObserver(error));
      }
    } catch (error) {
      this.explainObserver(error);
    }
  }

  private explainObserver(error: unknown): void {
    this.logger.error(
      `Cannot report a decision as 'onDecision' threw an error: current error is ${summaryOf(error).kind}`,
    );
  }

  /** The message of a foreign error may quote the token or its claims: only its kind is told. */
  private explainFailure(handler: string, cause: unknown): void {
    const { kind, frames } = summaryOf(cause);
    this.logger.error(
      `Cannot decide on a request to ${handler} as an unexpected error was thrown: ` +
        `current error is ${kind}`,
      ...frames,
    );
  }

  /** Once for each claim: it is the authorization server that is to be mended, not the client. */
  private explainMissingClaims(
    handler: string,
    { unmet }: InsufficientUserAuthenticationException,
  ): void {
    for (const { parameter, reason } of unmet) {
      const claim = CLAIM_OF[parameter];
      if (reason !== 'missing' || this.toldMissing.has(claim)) continue;
      this.toldMissing.add(claim);
      this.logger.warn(
        `Cannot let a request through to ${handler} as its access token has no usable ${claim}: ` +
          `have the authorization server include ${claim} in access tokens (this is told once)`,
      );
    }
  }
}

/** What can be told of an error, and never an error of its own: that would become the answer. */
function summaryOf(error: unknown): { readonly kind: string; readonly frames: readonly string[] } {
  if (!(error instanceof Error)) return { kind: `a thrown ${typeof error}`, frames: [] };
  try {
    return { kind: kindOf(error), frames: framesOf(error) };
  } catch {
    // A getter of it throws.
    return { kind: 'Error', frames: [] };
  }
}

function kindOf({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' && /^\w{1,60}$/.test(name) ? name : 'Error';
}

/** Where an error was thrown: its stack without its message. */
function framesOf(error: {
  readonly stack?: unknown;
  readonly message: unknown;
}): readonly string[] {
  const { stack, message } = error;
  // A stack that does not show the message has another one, which cannot be told from the frames.
  if (typeof stack !== 'string' || typeof message !== 'string' || !stack.includes(message)) {
    return [];
  }
  const afterMessage = stack.slice(stack.lastIndexOf(message) + message.length);
  const frames = afterMessage.split('\n').filter((line) => /^ +at /.test(line));
  return frames.length > 0 ? [frames.join('\n')] : [];
}
