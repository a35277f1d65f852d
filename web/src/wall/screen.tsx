/** The whole wall: what is wrong with the line, the tools, the candidates, and what happens beside them. */
import { Announcer } from "./announcer";
import { Banner } from "./banner";
import { Feed } from "./feed";
import { Grid } from "./grid";
import { Help } from "./help";
import { Intervention } from "./intervention";
import { Panel } from "./panel";
import { SelectionBar } from "./selection";
import { helping, opened, picture, rows, wish } from "./store";
import { Facts, Toolbar } from "./toolbar";

export function Screen() {
  const row = opened.value === null ? undefined : rows.value.get(opened.value);
  return (
    <div class="wall">
      <Banner />
      {picture.value && (
        <>
          <Facts sitting={picture.value.sitting} />
          <Toolbar />
          <div class="wall-columns">
            <div class="wall-main">
              <SelectionBar />
              <Grid />
            </div>
            <div class="wall-side">
              {row && <Panel row={row} />}
              <Feed />
            </div>
          </div>
        </>
      )}
      {wish.value && <Intervention wish={wish.value} />}
      {helping.value && <Help />}
      <Announcer />
    </div>
  );
}
