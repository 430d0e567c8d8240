import type { FetchResponse, ParamsOption, ParseAs, RequestBodyOption } from 'openapi-fetch';
import type { paths } from './schema.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The paths that have a method. */
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

/** What may be said of any call. */
export interface CallOptions<A extends ParseAs> {
  /** How the answer's body is read; `json` unless told. */
  readonly parseAs?: A;
  /** Whether the call may be repeated when it fails; reads, and what has an `Idempotency-Key`, may unless told. */
  readonly retry?: boolean;
  /** How long an attempt may take until its whole answer is there (of a stream, its beginning). */
  readonly timeoutSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal;
}

/** What a call takes: parameters and body as the service's document has them, and options. */
export type CallInit<P extends PathsWith<M>, M extends Method, A extends ParseAs> = ParamsOption<
  paths[P][M]
> &
  RequestBodyOption<paths[P][M]> &
  CallOptions<A>;

/** The arguments after the path: none are needed where the operation needs none. */
export type CallArguments<P extends PathsWith<M>, M extends Method, A extends ParseAs> =
  object extends CallInit<P, M, A> ? [init?: CallInit<P, M, A>] : [init: CallInit<P, M, A>];

/** What a call answers. */
export type Data<P extends PathsWith<M>, M extends Method, A extends ParseAs = 'json'> = Exclude<
  FetchResponse<Extract<paths[P][M], Record<string, unknown>>, { parseAs: A }, `${string}/json`>['data'],
  undefined
>;

/** The paths that answer lists page by page. */
export type ListPaths = {
  [P in PathsWith<'get'>]: Data<P, 'get'> extends Page<unknown> ? P : never;
}[PathsWith<'get'>];

/** One page of a list. */
export interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: T[];
}

/** What a list consists of. */
export type ItemOf<P extends ListPaths> = Data<P, 'get'> extends Page<infer T> ? T : never;
