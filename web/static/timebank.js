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

// Somebody is about to be signed out: say so, and let them stay without leaving the page.
const ending = document.getElementById("ending");
if (ending) {
  const form = ending.querySelector("form");
  const warn = Number(ending.dataset.warn) * 1000;
  const longest = 2 ** 31 - 1; // what a timer can wait
  let timer;
  const wait = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      ending.hidden = false;
      ending.setAttribute("role", "alert");
    }, Math.min(Math.max(milliseconds - warn, 0), longest));
  };
  wait(Number(ending.dataset.seconds) * 1000);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        redirect: "follow",
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("ending");
      if (!now) throw new Error("signed out meanwhile");
      ending.hidden = true;
      wait(Number(now.dataset.seconds) * 1000);
    } catch {
      form.submit();
    }
  });
}
