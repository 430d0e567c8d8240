import './link-token';
import { nonce } from './nonce';
import './library.css';
import './main.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { newQueryClient } from './api/query-client';
import { newRouter } from './router';
import { theme } from './theme';

const queryClient = newQueryClient();
const router = newRouter(queryClient);
const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');

/** How long nothing is drawn while the page is loaded, in milliseconds: then, that it is on its way. */
const PATIENCE = 1000;
// The page is found out and loaded before anything is drawn, so that it is drawn once.
await Promise.race([router.load(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
