// Progressive enhancement only: every page works without this file. It wakes the parts of
// govuk-frontend that pages use: the error summary and banners take focus, a second click on a
// button is dropped, the skip link moves focus, and a password can be shown.
import {
  Button,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
  createAll,
} from "./vendor/govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(SkipLink);
createAll(ErrorSummary);
createAll(NotificationBanner);
createAll(Button);
createAll(PasswordInput);
