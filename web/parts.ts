// Modules that a file of the build is made of (`vite.config.ts`), each by where its own path ends, or by its folder. They are named
// one by one: the build knows how many files share a module, but not that some of those are dialogs, whose parts no page is to
// wait for. A name of nothing fails `test/unit/console-parts.spec.ts`.

/** What several pages are made of, beside what all of them need: by itself, each is too small for a file of its own. */
export const PARTS: readonly string[] = [
  ...[
    'api/attempt.ts',
    'api/versioned.ts',
    'components/confirm.tsx',
    'components/copy.tsx',
    'components/days.ts',
    'components/dot-badge.tsx',
    'components/download.ts',
    'components/email.tsx',
    'components/filter-select.tsx',
    'components/form-dialog.tsx',
    'components/formats.ts',
    'components/key-end.tsx',
    'components/key-status.ts',
    'components/list-query.ts',
    'components/list-view.tsx',
    'components/making-key.ts',
    'components/more.tsx',
    'components/narrowed.tsx',
    'components/networks-input.tsx',
    'components/page.tsx',
    'components/program.ts',
    'components/row-button.tsx',
    'components/search-input.tsx',
    'components/time.tsx',
    'keys/first-call.tsx',
    'keys/key-words.tsx',
    'keys/old-key-ends.tsx',
    'organization/current.ts',
    'organization/person.tsx',
    'organization/queries.ts',
    'shell/front-page.tsx',
    'sign-in/sign-in-form.tsx',
    'sign-in/sign-in.ts',
    'staff/directories.ts',
    'staff/done.ts',
    'staff/names.tsx',
    'staff/narrowed-to.tsx',
    'staff/queries.ts',
  ].map((own) => `web/src/${own}`),
  ...[
    '@mantine/core/esm/components/ActionIcon/',
    '@mantine/core/esm/components/Badge/',
    '@mantine/core/esm/components/Code/',
    '@mantine/core/esm/components/List/',
    '@mantine/core/esm/components/PasswordInput/',
    '@mantine/core/esm/components/ScrollArea/utils/',
    '@mantine/core/esm/components/SimpleGrid/',
    '@mantine/core/esm/components/TextInput/',
    '@mantine/core/esm/core/utils/noop/',
    '@mantine/core/esm/utils/InlineInput/',
    '@mantine/hooks/esm/use-debounced-callback/',
    '@mantine/hooks/esm/use-debounced-value/',
    '@tanstack/react-query/build/modern/useMutation.js',
    '@tanstack/react-query/build/modern/useQuery.js',
  ].map((library) => `node_modules/${library}`),
];

/** What opens over a page, of the component library, and what is made of it. */
export const OVERLAYS: readonly string[] = [
  'web/src/components/modal.ts',
  'web/src/components/person-select.tsx',
  ...[
    'Combobox/',
    'ComboboxPopover/',
    'FocusTrap/',
    'Menu/',
    'Modal/',
    'ModalBase/',
    'Popover/',
    'ScrollArea/',
    'Select/',
  ].map((component) => `node_modules/@mantine/core/esm/components/${component}`),
];

/** Tells whether a module, by its path, is one of those named. */
export function oneOf(names: readonly string[]): (path: string) => boolean {
  return (path) => {
    const slashed = path.replaceAll('\\', '/');
    return names.some((name) =>
      name.endsWith('/') ? slashed.includes(`/${name}`) : slashed.endsWith(`/${name}`),
    );
  };
}
