import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { answersClosed } from './closed-schemas.js';
import type { ApiDocument, Operation } from './api-document.js';

/** One answer of the service, as it goes out. */
export interface SeenAnswer {
  readonly method: string;
  /** The route that answered, in the document's form (`/api/orgs/{org_pk}/`); `undefined`: none, so 404 or 405. */
  readonly route: string | undefined;
  readonly status: number;
  readonly contentType?: string | undefined;
  /** `undefined`: a stream, whose body isn't looked at. */
  readonly body?: string | undefined;
}

/** The statuses of a request that reaches no operation at all. */
const WITHOUT_OPERATION = [404, 405];

const DOCUMENT = 'document';

/** A network in CIDR notation; JSON Schema has no format of its own for it. */
const NETWORK = /^[\da-f.:]+\/\d{1,3}$/;

/** The shape that every refusal has which belongs to no operation. */
const ERROR = '/components/schemas/Error';

/**
 * Holds answers against the OpenAPI document: the status is declared for the operation, so is the content type, and the
 * body is valid under the schema, without a field that the schema doesn't name. Schemas are compiled when first needed.
 */
export class AnswerJudge {
  private readonly ajv = new Ajv2020({ strict: false, validateSchema: false, formats: { cidr: NETWORK } });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: ApiDocument) {
    formatsPlugin.default(this.ajv);
    this.ajv.addSchema(answersClosed(document), DOCUMENT);
  }

  /** What the document doesn't allow about the answer, as a sentence; `undefined`: nothing. */
  problemOf(answer: SeenAnswer): string | undefined {
    const problem = this.judged(answer);
    return problem && `${answer.method} ${answer.route ?? '(no route)'} → ${answer.status}: ${problem}`;
  }

  private judged(answer: SeenAnswer): string | undefined {
    const { method, route, status } = answer;
    const check = route?.startsWith('/api/auth/check/') ?? false;
    if (method === 'OPTIONS' && route !== undefined && !check) return this.metadataProblem(answer);
    // refused before any operation is thought of, as are 408 and 431, which no route ever sees
    if (status === 417) return this.bodyProblem(answer, 'application/json', ERROR);
    if (route === undefined || status === 405) {
      if (!WITHOUT_OPERATION.includes(status)) return 'no operation, and yet neither 404 nor 405';
      return this.bodyProblem(answer, 'application/json', ERROR);
    }
    // checks for gateways take any method, and are described by one
    const described = method === 'HEAD' || check ? 'get' : method;
    const name = described.toLowerCase();
    const operation = this.document.paths[route]?.[name];
    if (!operation) return this.refuses(answer) ? undefined : 'the operation is not in the document';
    const declared = declaredStatus(operation, status);
    if (declared === undefined) return `the status is not declared ${shown(answer.body)}`;
    const content = operation.responses[declared]?.content ?? {};
    const mediaType = answer.contentType?.split(';', 1)[0]?.trim().toLowerCase();
    if (mediaType === undefined) return this.emptyProblem(answer, content);
    if (!Object.hasOwn(content, mediaType)) {
      return `the content type ${mediaType} is not declared (${Object.keys(content).join(', ') || 'no content'})`;
    }
    if (!content[mediaType]?.schema) return undefined; // declared to be of any form
    const place = ['paths', route, name, 'responses', declared, 'content', mediaType, 'schema'];
    return this.bodyProblem(answer, mediaType, pointer(place));
  }

  /** Whether a method that a documented path has beside its operations does nothing but refuse, in the form of refusals. */
  private refuses({ route = '', status, body }: SeenAnswer): boolean {
    if (!Object.hasOwn(this.document.paths, route) || status < 400 || status >= 500) return false;
    const { detail, code } = JSON.parse(body ?? '{}') as Record<string, unknown>;
    return typeof detail === 'string' && typeof code === 'string';
  }

  /** `OPTIONS` is no operation of the document: it tells of the path, answers a preflight with nothing, or refuses. */
  private metadataProblem(answer: SeenAnswer): string | undefined {
    const { status, body = '' } = answer;
    if (status >= 400) return this.bodyProblem(answer, 'application/json', ERROR);
    if (status === 200 && body === '') return undefined;
    const names = Object.keys(JSON.parse(body) as object).join();
    return status === 200 && names === 'name,description,renders,parses'
      ? undefined
      : `no metadata ${shown(body)}`;
  }

  private emptyProblem({ body }: SeenAnswer, content: object): string | undefined {
    if (body) return 'a body without a content type';
    return Object.keys(content).length > 0 ? 'nothing, where content is declared' : undefined;
  }

  private bodyProblem({ method, body }: SeenAnswer, mediaType: string, place: string): string | undefined {
    if (body === undefined || method === 'HEAD') return undefined;
    if (mediaType !== 'application/json') return this.schemaProblem(body, body, place);
    try {
      return this.schemaProblem(JSON.parse(body), body, place);
    } catch {
      return `the body is not JSON ${shown(body)}`;
    }
  }

  private schemaProblem(value: unknown, text: string, place: string): string | undefined {
    const validate = this.validatorAt(place);
    if (validate(value)) return undefined;
    const told = this.ajv.errorsText(validate.errors, { dataVar: 'body', separator: '; ' });
    const [extra] = (validate.errors ?? []).flatMap(({ params }) => params['additionalProperty'] ?? []);
    return `${told}${extra === undefined ? '' : ` (${String(extra)})`} ${shown(text)}`;
  }

  private validatorAt(place: string): ValidateFunction {
    const known = this.compiled.get(place);
    if (known) return known;
    const validate = this.ajv.getSchema(`${DOCUMENT}#${place}`);
    if (!validate) throw new Error(`No schema at ${place}.`);
    this.compiled.set(place, validate);
    return validate;
  }
}

/** The key of the response that a status falls under: itself, or its class (`2XX`). */
function declaredStatus({ responses }: Operation, status: number): string | undefined {
  return [String(status), `${Math.trunc(status / 100)}XX`].find((key) => Object.hasOwn(responses, key));
}

function pointer(parts: readonly string[]): string {
  return parts
    .map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('');
}

const shown = (body: string | undefined): string => `in ${body?.slice(0, 300) ?? '(stream)'}`;
