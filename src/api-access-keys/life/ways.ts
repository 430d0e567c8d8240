/**
 * The ways in which a key comes into being, or back, and which rules ask each (contract §4). The one table of them: whoever
 * makes a key names its way, and life/issuing.ts asks the rules.
 */
export interface Way {
  /** The organization's policy and the user's role are asked: self-serve, `access_key.issue`, the longest lifetime. */
  readonly policy: boolean;
  /** The end of the predecessor's lineage holds: always, or only where staff bound it or no organization speaks for the key. */
  readonly lineage: 'always' | 'where_bound' | 'never';
  /** No longer life than the predecessor was given. */
  readonly sameLife: boolean;
  /** The organization must be reachable from where the caller is: whoever makes a key for themselves acts in it. */
  readonly within: boolean;
  /** Made by a person for somebody else: refused through a key when that somebody is staff. */
  readonly forOthers: boolean;
}

const OTHERS = { policy: false, lineage: 'never', sameLife: false, within: false, forOthers: true } as const;

export const WAYS = {
  /** Staff, or the operator, for a user. */
  issue: OTHERS,
  /** A grant that its user redeems: staff decided about it. */
  redeem: { ...OTHERS, within: true, forOthers: false },
  /** The operator, from another system. */
  import: OTHERS,
  /** A user, for themselves. */
  own_issue: { policy: true, lineage: 'never', sameLife: false, within: true, forOthers: false },
  /** Staff, the successor of anybody's key. */
  staff_rotation: OTHERS,
  /** A user, by session or JWT: a new lineage, unless staff bound the old one or the key is user-wide. */
  own_rotation: { policy: true, lineage: 'where_bound', sameLife: false, within: true, forOthers: false },
  /** A key, of itself. */
  self_rotation: { policy: true, lineage: 'always', sameLife: true, within: true, forOthers: false },
  /** A suspended key, which comes back as it was. */
  resume: { policy: false, lineage: 'always', sameLife: false, within: false, forOthers: true },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof WAYS;
