import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { meQuery } from '../api/me';
import { FrontPage } from '../shell/front-page';
import { t } from '../strings/strings';
import { ownPath } from './next';
import { SignInForm } from './sign-in-form';

const route = getRouteApi('/sign-in');

/** The way in. */
export function SignInPage() {
  const { next } = route.useSearch();
  const router = useRouter();
  const queryClient = useQueryClient();
  return (
    <FrontPage title={t.signIn.title} lead={t.signIn.welcome} below={t.signIn.forgot}>
      <SignInForm
        onSignedIn={(me) => {
          queryClient.setQueryData(meQuery.queryKey, me);
          void router.navigate({ href: ownPath(next), replace: true });
        }}
      />
    </FrontPage>
  );
}
