import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How often a key was used on one UTC day: a row of the view that folds ledger and summaries together. Read only. */
@Entity('provider_key_days', { synchronize: false })
export class CallDay {
  @PrimaryColumn('integer')
  providerKeyId!: number;

  /** `2030-01-31` */
  @PrimaryColumn('date')
  day!: string;

  @Column('integer')
  calls!: number;

  @Column('integer')
  succeeded!: number;

  @Column('integer')
  failed!: number;
}
