import type { ModalProps } from '@mantine/core';
import { useState } from 'react';
import { t } from '../strings/strings';
import { loadedOnce } from './on-demand';

const modal = loadedOnce<ModalProps>(async () => (await import('./modal')).Modal);

/** Loads what dialogs are made of, for whom must not be left without one. */
export const loadDialogs = modal.load;

/** A dialog of the component library, loaded when the first one opens: most pages are left without one. */
export function Dialog(props: ModalProps) {
  const [wanted, setWanted] = useState(props.opened);
  if (props.opened && !wanted) setWanted(true);
  const [Modal, problem] = modal.useLoaded(wanted, props.onClose);
  if (!Modal) return props.opened ? problem : null;
  return <Modal closeButtonProps={{ 'aria-label': t.common.close }} {...props} />;
}
