//! What a handler answers with: pages in their frames, data, files, and where to go next.

use ::http::{StatusCode, header};
use app::pass::{CenterPass, HasPlace, Person};
use app::session::{SignedIn, Started};
use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Redirect};
use domain::brand::Look;
use serde::Serialize;

use super::cookies::Cookie;
use super::toast::Toast;
use super::turns::Turn;
use super::visit::Answer;
use super::visitor::Visitor;
use super::{json, menu};
use crate::views::frame::address;
use crate::views::{Frame, Page, SeeingMark};

impl Visitor {
    /// The frame of the operator's pages.
    pub fn operator_frame(&self) -> Frame {
        self.toasted(self.of_site(menu::operator_frame(self.t())))
    }

    /// The frame of a page of somebody who is not signed in.
    pub fn bare_frame(&self) -> Frame {
        self.toasted(self.of_site(Frame::default()))
    }

    /// The same with a choice of the language at its foot: of a page that there is for everybody, or for who followed a link
    /// that works. What is nowhere is answered alike whatever the address, so it does not lead back to it.
    pub fn open_frame(&self) -> Frame {
        let language_next = self.is_get().then(|| self.address.clone());
        Frame { language_next, ..self.bare_frame() }
    }

    /// The open frame of a page that a mailed link leads to: it shows whom the link is about; `None`: the product.
    pub fn link_frame(&self, look: Option<Look>) -> Frame {
        let frame = self.open_frame();
        Frame { look: look.unwrap_or_else(|| frame.look.clone()), ..frame }
    }

    /// The frame of a page that a dead link leads to: on the server's own host nobody knows whose it was.
    pub fn dead_link_frame(&self) -> Frame {
        let frame = self.bare_frame();
        let look = if frame.look.is_product { Look::of_nobody() } else { frame.look.clone() };
        Frame { look, ..frame }
    }

    fn of_site(&self, frame: Frame) -> Frame {
        let is_bound = self.bound_account().is_some();
        // What is bound to an account leads out of it nowhere.
        let is_own_host = self.own_host().is_some() || is_bound;
        let seeing = self.is_seeing().then(SeeingMark::default);
        Frame { look: Look::clone(&self.look), is_own_host, is_bound, seeing, ..frame }
    }

    /// The frame of a page of a signed-in person without account.
    pub fn person_frame(&self, person: &Person) -> Frame {
        let back = self.came_from.as_ref();
        self.toasted(self.of_site(menu::person_frame(self.t(), &self.path, person, back)).on_own_host())
    }

    /// The frame of a page of an account center.
    pub fn center_frame<C>(&self, pass: &CenterPass<C>) -> Frame {
        self.toasted(self.of_site(menu::center_frame(self.t(), &self.path, pass)))
    }

    /// The frame of a page of an account.
    pub fn frame(&self, pass: &impl HasPlace) -> Frame {
        let place = pass.place();
        let mut frame = self.of_site(menu::account_frame(self.t(), &self.path, place)).on_own_host();
        if let Some(brand) = &place.brand {
            frame.look = Look::of(&place.account, brand);
        }
        if let Some(seeing) = place.person.as_ref().and_then(Person::seen_by) {
            let seconds = seeing.ends_at.since(self.app.store.now()).as_seconds_up();
            let left = (seconds + 59) / 60;
            frame.seeing = Some(SeeingMark { of: Some((seeing.name.clone(), left)) });
        }
        frame.second_factor_due =
            place.second_factor_due.map(|from| self.moments(&place.time_zone).day(from));
        let frame = self.toasted(frame);
        match self.toast {
            // From there it can be undone (U-22).
            Some(Toast::UserDeleted | Toast::DeletedYetExecutive) => {
                frame.with_toast_link(self.t().toast_deleted(), "/users?tab=deleted")
            }
            _ => frame,
        }
    }

    fn toasted(&self, frame: Frame) -> Frame {
        match self.toast {
            Some(toast) => frame.with_toast(toast.text(self.t())),
            None => frame,
        }
    }

    /// A page.
    pub fn page(&self, view: impl Template) -> Answer {
        Ok(Page(view).into_response())
    }

    /// Data.
    pub fn data(&self, value: &impl Serialize) -> Answer {
        Ok(json::response(StatusCode::OK, json::DATA, value))
    }

    /// A file of comma-separated values to be kept, with the mark by which spreadsheets know its letters.
    pub(crate) fn file(&self, name: &str, mut text: String, turn: Turn) -> Answer {
        text.insert(0, '\u{feff}');
        kept(name, "text/csv; charset=utf-8", turn.answer(text))
    }

    /// A file of lines of JSON to be kept.
    pub(crate) fn lines(&self, name: &str, text: String, turn: Turn) -> Answer {
        kept(name, "application/x-ndjson", turn.answer(text))
    }

    /// A form shown again with what is wrong.
    pub fn mend(&self, view: impl Template) -> Answer {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(view)).into_response())
    }

    /// To another page after something was done, so that reloading does not do it again.
    pub fn go(&self, path: &str) -> Answer {
        Ok(Redirect::to(path).into_response())
    }

    /// As [`Visitor::go`], telling there what was done.
    pub fn go_and_tell(&self, path: &str, toast: Toast) -> Answer {
        let mut response = Redirect::to(path).into_response();
        response.headers_mut().append(header::SET_COOKIE, Cookie::Toast.set(self.secure, toast.key()));
        Ok(response)
    }

    /// As [`Visitor::go`], with a cookie set.
    pub fn go_with(&self, path: &str, cookie: Cookie, value: &str) -> Answer {
        let mut response = Redirect::to(path).into_response();
        response.headers_mut().append(header::SET_COOKIE, cookie.set(self.secure, value));
        Ok(response)
    }

    /// The answer to whoever has shown all that a password shows: with the cookies of a session, or to the code of their second
    /// factor, and from there to where the answer leads.
    pub fn started(&self, answer: Answer, started: &Started) -> Answer {
        match started {
            Started::Session(session) => self.signed_in(answer, session),
            Started::CodeNeeded(ticket) => {
                let answer = answer?;
                let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
                let next = location.unwrap_or_default();
                self.go_with(&address("/second-factor", &[("next", next)]), Cookie::SecondFactor, ticket)
            }
        }
    }

    /// The answer with a cookie set.
    pub fn with_cookie(&self, answer: Answer, cookie: Cookie, value: &str) -> Answer {
        let mut response = answer?;
        response.headers_mut().append(header::SET_COOKIE, cookie.set(self.secure, value));
        Ok(response)
    }

    /// The answer with another token in the place of the session's.
    pub fn with_session(&self, answer: Answer, token: &str) -> Answer {
        let mut response = answer?;
        response.headers_mut().append(header::SET_COOKIE, Cookie::Session.set(self.secure, token));
        Ok(response)
    }

    /// The answer with the cookies of a fresh session: the session's own, and the one by which the device is known when
    /// the session is over.
    pub fn signed_in(&self, answer: Answer, session: &SignedIn) -> Answer {
        let mut response = answer?;
        let device = session.device.as_ref().map(|device| (Cookie::Device, device));
        for (cookie, value) in [(Cookie::Session, &session.token)].into_iter().chain(device) {
            response.headers_mut().append(header::SET_COOKIE, cookie.set(self.secure, value));
        }
        Ok(response)
    }
}

/// What a browser keeps as a file.
fn kept(name: &str, kind: &str, body: Body) -> Answer {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, body).into_response())
}
