import { type AlertFetch, post } from './alert-http.js';
import { cutText, jsonObject, TELEGRAM_URL } from './alert-targets.js';

/** What a call of the Telegram API came to. */
export type TelegramAnswer =
  | { readonly kind: 'ok'; readonly result: unknown }
  | {
      /** `conflict`: somebody else reads the messages. `token`: it is not known. `passing`: worth another try. */
      readonly kind: 'conflict' | 'token' | 'passing';
      /** In words, without the address, which holds the token. */
      readonly why: string;
      readonly retryAfterMs?: number;
    };

export interface TelegramApiOptions {
  readonly token: string;
  readonly apiUrl?: string | undefined;
  readonly fetch: AlertFetch;
}

export interface CallOptions {
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

/** A full answer of getUpdates, with the longest messages. */
const BODY_BYTES_MAX = 2_000_000;
const REASON_MAX = 200;

/** Calls methods of the Telegram bot API. The token is in the address alone, which appears in no answer and no error. */
export class TelegramApi {
  readonly #options: TelegramApiOptions;

  constructor(options: TelegramApiOptions) {
    this.#options = options;
  }

  /** Calls a method; never throws. */
  async call(method: string, body: object, options: CallOptions): Promise<TelegramAnswer> {
    const { token, apiUrl = TELEGRAM_URL, fetch } = this.#options;
    const answer = await post(
      {
        url: `${apiUrl.replace(/\/+$/, '')}/bot${token}/${method}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      { ...options, fetch, readsBody: true, bodyBytesMax: BODY_BYTES_MAX },
    );
    if (answer.kind === 'none') return { kind: 'passing', why: answer.why };
    const json = jsonObject(answer.body ?? '');
    if (answer.status === 200 && json?.ok === true) return { kind: 'ok', result: json.result };
    const said =
      typeof json?.description === 'string' ? cutText(json.description, REASON_MAX) : undefined;
    const why = `HTTP ${answer.status}${said === undefined ? ', not an answer of Telegram' : `: ${said}`}`;
    if (answer.status === 409) return { kind: 'conflict', why };
    if (answer.status === 401 || answer.status === 404) return { kind: 'token', why };
    const parameters = json?.parameters as Readonly<Record<string, unknown>> | undefined;
    const seconds = Number(parameters?.retry_after ?? answer.retryAfterSeconds ?? Number.NaN);
    return {
      kind: 'passing',
      why,
      ...(seconds >= 0 && { retryAfterMs: seconds * 1_000 }),
    };
  }
}
