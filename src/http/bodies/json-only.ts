import type { onRequestHookHandler } from 'fastify';
import { UnsupportedMediaType } from '../../common/errors.js';

/** 415 for any body but JSON at the channels for programs (own-host.ts): a page of any site can send a form. */
export const refuseOtherThanJson: onRequestHookHandler = (request, _reply, done) => {
  if (request.channel === undefined) return done();
  const type = request.headers['content-type'];
  const isJson = type === undefined || type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
  done(isJson ? undefined : new UnsupportedMediaType(type));
};
