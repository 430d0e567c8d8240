import { Injectable } from '@nestjs/common';
import type { CallToolResult, Tool as ListedTool } from '@modelcontextprotocol/server';
import type { JudgedRequest } from '../access/decorators.js';
import { judge, judgeLevel } from '../access/judgement.js';
import type { Membership, Principal } from '../access/principal.js';
import { Authentication } from '../auth/authentication.js';
import { ApiError } from '../common/errors.js';
import { LARGEST_ID } from '../common/ids.js';
import { asKey } from '../common/scalars.js';
import { ErrorListener } from '../http/error-listener.js';
import { caughtError } from '../http/error.filter.js';
import { askerOf, Lookups } from '../http/lookups.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { CONFIRMATION_SECONDS, Confirmations } from './confirmations.js';
import { refusal, result } from './results.js';
import type { Sent } from './tools/arguments.js';
import { type Tool, writes } from './tools/tool.js';
import { Tools } from './tools/tools.js';

/** A request that the guards let through. */
export type CallersRequest = JudgedRequest & { readonly principal: Principal };

/**
 * Lists tools and calls them. Each call is judged by what the guards judge a request by, in the same order (contract §1):
 * against the database's state at that moment, by the access that the handler of REST declares which does the same.
 */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly tools: Tools,
    private readonly authentication: Authentication,
    private readonly organizations: OrganizationsService,
    private readonly confirmations: Confirmations,
    private readonly listener: ErrorListener,
    private readonly lookups: Lookups,
  ) {}

  /** The tools that the caller's credential can use anywhere. */
  async list({ principal }: CallersRequest): Promise<ListedTool[]> {
    const places = await this.organizations.listMemberships(principal);
    return this.tools.all.filter((tool) => usable(tool, principal, places)).map(asListed);
  }

  /** Whether there is such a tool, whoever may use it. */
  has(name: string): boolean {
    return this.tools.byName.has(name);
  }

  /** Calls a tool. Whatever is refused or fails is a result, too; the audit log and the log hear of it as of any request. */
  async call(request: CallersRequest, name: string, sent: Sent): Promise<CallToolResult> {
    const tool = this.tools.byName.get(name);
    if (!tool) throw new Error(`There is no tool ${name}: ask first.`);
    try {
      return result(await this.attempt(request, tool, sent));
    } catch (thrown) {
      const error = caughtError(thrown, request);
      this.listener.onAnswered(thrown, request);
      return refusal(error);
    }
  }

  private async attempt(request: CallersRequest, tool: Tool, sent: Sent): Promise<object> {
    const caller = await this.admit(request, tool, sent);
    const { confirm_token: token, ...taken } = await this.take(request, tool, sent);
    if (!writes(tool)) return tool.run(caller, taken);
    const args = withoutToken(sent);
    const call = { by: request.principal, tool: tool.name, arguments: args };
    const act = async (): Promise<object> => ({ status: 'ok', ...(await tool.run(caller, taken)) });
    if (token) return this.confirmations.confirmed(token, call, act);
    const met = await tool.preview(caller, taken);
    return {
      status: 'confirm',
      preview: { action: tool.title, arguments: tool.arguments.shown(args), ...met },
      confirm_token: await this.confirmations.offer(call),
      expires_in: CONFIRMATION_SECONDS,
    };
  }

  private take({ principal }: CallersRequest, tool: Tool, sent: Sent): ReturnType<Tool['arguments']['take']> {
    return tool.arguments.take(sent, (input, known) =>
      this.lookups.problems(input, known, askerOf(principal)),
    );
  }

  /** May this caller call this tool? Errors: those of the guards, in their order. */
  private async admit(request: CallersRequest, tool: Tool, sent: Sent): Promise<Principal | Membership> {
    const { access, method, scope } = tool;
    const { principal } = request;
    if (scope === 'own') {
      judge(access, { principal, membership: undefined }, { inOrganization: false, method });
      return principal;
    }
    const organizationId = organizationIn(sent);
    if (organizationId === undefined) {
      judgeLevel(principal.credential, method);
      await this.take(request, tool, sent); // says what is wrong with it
    }
    const proven = await this.authentication.prove(request, { method, organizationId, cookies: false });
    request.principal = proven.principal;
    if (proven.membership) request.membership = proven.membership;
    judge(access, proven, { inOrganization: true, method });
    return proven.membership as Membership;
  }
}

/** The arguments that both steps have in common. */
function withoutToken(sent: Sent): Sent {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name !== 'confirm_token'));
}

/** The organization that arguments name, as its field reads it; `undefined`: none that there could be. */
function organizationIn({ organization_id: named }: Sent): number | undefined {
  const id = asKey(named);
  return Number.isInteger(id) && (id as number) >= 1 && (id as number) <= LARGEST_ID
    ? (id as number)
    : undefined;
}

/** Whether a credential can use a tool in any of the places that it reaches. */
function usable(
  tool: Tool,
  principal: Principal,
  places: readonly Pick<Membership, 'permissions'>[],
): boolean {
  const { access, method, scope, needs } = tool;
  const suits = ({ permissions }: (typeof places)[number]): boolean =>
    needs === undefined || needs === 'membership' || permissions.includes(needs);
  if (needs && !places.some(suits)) return false;
  const inOrganization = scope === 'organization';
  return (inOrganization ? places : [undefined]).some((membership) => {
    try {
      judge(access, { principal, membership }, { inOrganization, method });
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  });
}

function asListed(tool: Tool): ListedTool {
  const { name, title, description, destructive, openWorld } = tool;
  const readOnlyHint = !writes(tool);
  return {
    name,
    title,
    description: readOnlyHint ? description : `${description} ${TWO_STEPS}`,
    inputSchema: tool.arguments.schema() as ListedTool['inputSchema'],
    annotations: { title, readOnlyHint, destructiveHint: destructive, openWorldHint: openWorld },
  };
}

const TWO_STEPS = 'Two steps: the first call changes nothing and gives a confirm_token for the second.';
