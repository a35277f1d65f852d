/** Comforts of the staff pages. Every page works without them. */
import "../design/staff.css";
import { installConfirm } from "./confirm";
import { installLook } from "./look";
import { installShortcuts } from "./shortcuts";

installLook();
installConfirm();
installShortcuts();
