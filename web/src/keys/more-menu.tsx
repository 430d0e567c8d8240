import { Button, Menu } from '@mantine/core';
import { tKeys } from '../strings/strings';

/** What is rarely done with keys. It is open when it is first shown. */
export function MoreMenu({ onDiagnose, onLeak }: { onDiagnose: () => void; onLeak: () => void }) {
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>
        <Button variant="default">{tKeys.more}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onDiagnose}>{tKeys.diagnose}</Menu.Item>
        <Menu.Item onClick={onLeak}>{tKeys.reportLeak}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
