// What every test starts from: a server, and a page that is watched.
import { test as base } from "@playwright/test";
import { open, watch } from "./page.mjs";
import { demoAccounts } from "./people.mjs";
import { Server } from "./server.mjs";

export const test = base.extend({
  /** The demonstration town, shared by all tests of a worker: they add to it, and never assume that they are alone. */
  town: [
    async ({}, use) => {
      const server = await new Server().start();
      await use(server);
      await server.dispose();
    },
    { scope: "worker", timeout: 180_000 },
  ],

  /** A town of one's own, for tests that break things. */
  ownTown: [
    async ({}, use) => {
      const server = await new Server().start();
      await use(server);
      await server.dispose();
    },
    { timeout: 180_000 },
  ],

  /** Whoever comes to a town of one's own with `page.goto` is signed in there too. */
  signedIn: async ({ page }, use) => use((server) => server.cookies().then((cookies) => page.context().addCookies(cookies))),

  /** Opens an address of the shared town, and fails the test if the page did anything it should not. */
  visit: async ({ town, page }, use) => {
    const faults = watch(page, town.url);
    await use((path = "/") => open(page, town.url + path));
    expect(faults, "the page's own faults").toEqual([]);
  },
});

export const expect = test.expect;

/** A report of an ordinary thing, at a place where nothing else is, unless told otherwise. */
export async function report(server, { title, lon, lat, ...rest }) {
  const [{ code: category }] = await server.get("/api/categories");
  const body = { title, category, severity: 3, source: "resident", position: { lon, lat }, ...rest };
  return server.post("/api/incidents", body);
}

/** The middle of the town's first grid: a place that surely lies inside. */
export async function placeInTown(server, index = 0) {
  const grids = await server.get("/api/grids");
  const [lon, lat] = grids.features[index].properties.label;
  return { lon, lat };
}

/** Every incident that a filter lets through, by id. */
export async function allIds(server, query) {
  const ids = [];
  let after = "";
  do {
    const page = await server.get(`/api/incidents?limit=5000&${query}${after && `&after=${encodeURIComponent(after)}`}`);
    ids.push(...page.features.map((feature) => feature.id));
    after = page.next ?? "";
  } while (after);
  return ids;
}

/** Who answers for an incident in a role: the member of its grid, or the cadre of its village. */
export async function whoAnswers(server, incident, role) {
  const { village, grid } = incident.properties;
  const theirs = (account) => account.role === role && (account.grid ? account.grid === grid : account.village === village);
  return server.as(demoAccounts(server).find(theirs).name);
}
