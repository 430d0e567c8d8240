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

/** When a key expires, or when it has ended. One that was revoked expires no more. */
export function KeyEnd({ of: { status, expires_at, revoked_at }, never }: Props) {
  if (status !== 'revoked' && status !== 'expired') return <Time value={expires_at} empty={never} />;
  const ended = status === 'expired' ? expires_at : revoked_at;
  return (
    <span>
      {t.common.ended} {ended && <Time value={ended} />}
    </span>
  );
}
