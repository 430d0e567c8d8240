import { Injectable } from '@nestjs/common';
import { AuditTools } from './audit-tools.js';
import { AccessKeyTools } from './access-key-tools.js';
import { OrganizationTools } from './organization-tools.js';
import { ProviderKeyTools } from './provider-key-tools.js';
import type { Tool } from './tool.js';

/** Every tool there is, in the order in which they are listed. */
@Injectable()
export class Tools {
  readonly all: readonly Tool[];
  readonly byName: ReadonlyMap<string, Tool>;

  constructor(
    organizations: OrganizationTools,
    providerKeys: ProviderKeyTools,
    accessKeys: AccessKeyTools,
    audit: AuditTools,
  ) {
    this.all = [organizations, providerKeys, accessKeys, audit].flatMap(({ tools }) => tools);
    this.byName = new Map(this.all.map((tool) => [tool.name, tool]));
  }
}
