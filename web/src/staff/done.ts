import { useQueryClient } from '@tanstack/react-query';

/** What follows a write of the staff's: what they look at is read anew, and the dialog closes. */
export function useDone(onClose: () => void): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ['staff'] });
    onClose();
  };
}
