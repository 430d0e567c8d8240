import { List, Modal, Stack, Text, Title } from '@mantine/core';
import { t, tOrganization } from '../strings/strings';
import type { PermissionCategory, Role } from './queries';

const words = tOrganization.roles;

interface Props {
  role: Role;
  categories: readonly PermissionCategory[];
  onClose: () => void;
}

/** What a role permits, by category, in words. */
export function RolePermissions({ role, categories, onClose }: Props) {
  const held = categories.flatMap(({ category, permissions }) => {
    const some = permissions.filter(({ codename }) => role.permissions.includes(codename));
    return some.length > 0 ? [{ category, some }] : [];
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.showTitle(role.name)}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <Stack gap="md">
        {held.length === 0 && <Text size="sm">{words.nothing}</Text>}
        {held.map(({ category, some }) => (
          <div key={category}>
            <Title order={3} size="sm" mb={4}>
              {category}
            </Title>
            <List size="sm" withPadding>
              {some.map(({ codename, description }) => (
                <List.Item key={codename}>{description}</List.Item>
              ))}
            </List>
          </div>
        ))}
      </Stack>
    </Modal>
  );
}
