import { t } from '../strings/strings';
import type { KeyStatusWord } from './key-status';
import { Time } from './time';

interface Props {
  of: {
    readonly status: KeyStatusWord;
    readonly expires_at: string | null;
    readonly revoked_at?: string | null;
  };
  /** What is said of a key that never expires. */
  never: string;
}

/** When a key expires. One that was revoked has ended before: it expires no more. */
export function KeyEnd({ of: { status, expires_at, revoked_at }, never }: Props) {
  if (status !== 'revoked') return <Time value={expires_at} empty={never} />;
  return (
    <span>
      {t.common.ended} {revoked_at && <Time value={revoked_at} />}
    </span>
  );
}
