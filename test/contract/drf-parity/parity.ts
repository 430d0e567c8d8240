/** Where this service parts from Django REST Framework on purpose: the headings of docs/django-rest-framework.md. */
export const ON_PURPOSE = {
  zone: 'An instant names its zone',
  years: 'Instants lie between the years 1970 and 9998',
  untrimmed: 'Passwords and tokens are taken as they are',
  accept: 'What `Accept` asks for is not judged',
  multipart: 'Multipart forms are not taken',
  depth: 'JSON nests 32 levels at most',
  digits: 'No digit of a number is lost',
  ascii: 'The digits of a number and of a date are those of ASCII',
  spelling: 'An id in a path has one spelling',
  jsonProblem: 'JSON that is none is told without a position',
  prototypes: 'Names that reach for a prototype are refused',
  bom: 'A byte order mark before JSON is passed over',
  form: 'In a form, what is absent is absent',
  parts: 'In a form, no part of a list or an object is passed over',
  encoding: 'Compressed bodies and other charsets are 415',
  visible: 'Names hold what can be seen',
  filters: 'A bad value of a filter is an error',
  slash: 'The path without its slash is served',
  schemes: 'The word of a scheme is read in any case, and one space follows it',
  tokenKind: 'A token of the other kind is told like any bad one',
  format: 'There is one format',
  twice: 'A list of choices is a list, and names each once',
  email: 'E-mail addresses are those that mail is sent to',
  emailForm: 'E-mail addresses have one form',
  tooLong: 'What proves an account has a longest length',
  idForm: 'An id that names nothing is repeated as a number',
  typeRange: 'A body is of one media type, not of a range',
  address: 'White space around an address is cut off',
} as const;

export type Parity = 'same' | { readonly onPurpose: keyof typeof ON_PURPOSE };

export const same: Parity = 'same';
export const onPurpose = (why: keyof typeof ON_PURPOSE): Parity => ({ onPurpose: why });

/** One request, and what it is answered with. In texts, `{org}` and the like stand for what the setting holds. */
export interface Case {
  readonly as: 'nobody' | 'owner' | 'staff';
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As it is sent, with `Content-Type: application/json` unless `headers` say otherwise. */
  readonly body?: string | Buffer;
  readonly status: number;
  /** Of a refusal the whole body but for `code`, which is ours; of anything else the fields that matter. */
  readonly answer?: unknown;
  /** The fields of the answer that name the setting's user. */
  readonly namesUser?: boolean;
  /** What is read afterwards, where the answer does not show it: a path, and the fields that matter. */
  readonly thenRead?: readonly [path: string, answer: unknown];
  /** Of a list: how many rows it has, and the name of the first one's user. */
  readonly rows?: number;
  readonly first?: string;
  /** Headers of the answer; `null`: it is not there. */
  readonly answered?: Readonly<Record<string, string | null>>;
  readonly parity: Parity;
}
