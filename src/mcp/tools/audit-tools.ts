import { Injectable } from '@nestjs/common';
import { AuditEventListQuery } from '../../audit/audit-event.dto.js';
import { AuditEventsController } from '../../audit/audit-events.controller.js';
import { AuditEventsService } from '../../audit/audit-events.service.js';
import { listed } from '../results.js';
import { listArguments, queryOf } from './arguments.js';
import { organizationTool, ToolSet } from './tool.js';

/** The record of who did what. */
@Injectable()
export class AuditTools extends ToolSet {
  constructor(private readonly events: AuditEventsService) {
    super();
  }

  readonly tools = [
    organizationTool([AuditEventsController, 'list'], {
      name: 'audit_event_list',
      title: 'List audit events',
      description: 'Who did what in an organization, newest first.',
      takes: listArguments(AuditEventListQuery),
      run: async (member, taken: AuditEventListQuery) => {
        const query = queryOf(taken);
        return listed(await this.events.page(member, query), query);
      },
    }),
  ];
}
