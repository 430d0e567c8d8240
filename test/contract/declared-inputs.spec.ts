import type { Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService } from '@nestjs/core';
import { rulesOf } from '../../src/common/field-rules.js';
import { LARGEST_ID } from '../../src/common/ids.js';
import { type DeclaredRoute, declaredRoutes } from '../../src/http/declared-routes.js';
import { startTestApp, type TestApp } from '../support/app.js';

let test: TestApp;
let routes: DeclaredRoute[];
beforeAll(async () => {
  test = await startTestApp();
  const controllers = test.app.get(DiscoveryService).getControllers();
  routes = declaredRoutes(controllers.flatMap(({ metatype }) => (metatype ? [metatype as Type] : [])));
});
afterAll(() => test.close());

interface Taken {
  /** What a part of the path, by its name, or a DTO is taken as. */
  readonly data: unknown;
  readonly type: Type | undefined;
}

/** What a handler takes from one place of its request. */
function takenFrom(place: RouteParamtypes, { controller, name }: DeclaredRoute): Taken[] {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
    []) as Type[];
  return Object.entries(args)
    .filter(([key]) => key.startsWith(`${place}:`))
    .map(([, { index, data }]) => ({ data, type: types[index] }));
}

const bodiesOf = (route: DeclaredRoute): Type[] =>
  takenFrom(RouteParamtypes.BODY, route).flatMap(({ type }) => type ?? []);

/** Whether the document calls a field an id of something, or an instant. */
function needsLookup(body: Type, field: string): boolean {
  const schema = Reflect.getMetadata('swagger/apiModelProperties', body.prototype as object, field) as {
    maximum?: number;
    format?: string;
    oneOf?: readonly { maximum?: number }[];
  };
  return (
    schema.format === 'date-time' ||
    [schema, ...(schema.oneOf ?? [])].some(({ maximum }) => maximum === LARGEST_ID)
  );
}

it('every id and every instant of a body names what its service asks of it, to be told beside fields without their form (contract §1)', () => {
  const fields = [...new Set(routes.flatMap(bodiesOf))].flatMap((body) =>
    [...rulesOf(body.prototype as object)]
      .filter(([field]) => needsLookup(body, field))
      .map(([field, { lookup }]) => ({ field: `${body.name}.${field}`, named: lookup !== undefined })),
  );
  expect(fields.filter(({ named }) => !named)).toEqual([]);
  expect(fields.map(({ field }) => field)).toEqual(
    expect.arrayContaining([
      'IssueKeyBody.user',
      'IssueKeyBody.organization',
      'IssueKeyBody.expires_at',
      'ChangeMemberBody.role',
    ]),
  );
});

it('every handler of an object that takes a body or a query looks for the object before it refuses them (contract §1, order)', () => {
  const ofObjects = routes
    .filter(({ method }) => method !== 'OPTIONS')
    .filter((route) => takenFrom(RouteParamtypes.PARAM, route).some(({ data }) => data !== 'org_pk'))
    .filter((route) =>
      [RouteParamtypes.BODY, RouteParamtypes.QUERY].some((place) => takenFrom(place, route).length > 0),
    )
    .map(({ handler, method, path }) => ({
      route: `${method} ${path}`,
      looks: ((Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as Type[]).some(
        ({ name }) => name === 'ObjectFirstInterceptor',
      ),
    }));
  expect(ofObjects.filter(({ looks }) => !looks)).toEqual([]);
  expect(ofObjects.map(({ route }) => route)).toEqual(
    expect.arrayContaining([
      'PATCH /api/orgs/:org_pk/roles/:id',
      'GET /api/admin/orgs/:id/members',
      'POST /api/auth/access-keys/:id/rotate',
    ]),
  );
});
