import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Act } from './act.js';

/** Something that was made through a credential. */
export interface MadeThing {
  readonly type: string;
  readonly id: number;
  readonly name: string;
  readonly status: string;
  /** Where it opens something; `null`: in no one organization. */
  readonly organizationId: number | null;
  /** For whom; `null`: for somebody who is no user yet. */
  readonly userId: number | null;
}

/** What ended, by kind and id. */
export type Ended = Pick<MadeThing, 'type' | 'id'>;

/** A kind of thing that opens something later and remembers through which credential it was made. */
export interface MadeKind {
  /** All that was made through the credentials `vias` (credentialName), oldest first. */
  list(manager: EntityManager, vias: readonly string[]): Promise<MadeThing[]>;
  /** Ends what is still open of it, in the act that ends the credential; gives what it ended. */
  endOpen(act: Act, via: string): Promise<Ended[]>;
}

/**
 * What a credential made is known and can be undone (contract §4). The features that make such things register their kind
 * at start, so that whoever ends a credential needs to know none of them.
 */
@Injectable()
export class MadeThings {
  private readonly kinds: MadeKind[] = [];

  register(kind: MadeKind): void {
    this.kinds.push(kind);
  }

  async list(manager: EntityManager, vias: readonly string[]): Promise<MadeThing[]> {
    const made: MadeThing[] = [];
    for (const kind of this.kinds) made.push(...(await kind.list(manager, vias)));
    return made;
  }

  async endOpen(act: Act, via: string): Promise<Ended[]> {
    const ended: Ended[] = [];
    for (const kind of this.kinds) ended.push(...(await kind.endOpen(act, via)));
    return ended;
  }
}
