//! The pages of people themselves: registering, signing in, the account, acting for an enterprise.

use axum::{
    http::Method,
    routing::{get, post},
};
use kernel::Role;
use webkit::{Access, Routes};

use super::{Portal, account, act_for, by_code, register, sign_in};

/// Those who may have mandates.
const PUBLIC: Access = Access::Roles(&[Role::Citizen, Role::Enterprise]);

pub(super) fn routes(portal: Portal) -> Routes {
    let open = Access::Public;
    let own = Access::SignedIn;
    Routes::new(portal)
        .page(open, Method::GET, "/sign-in", get(sign_in::ask))
        .page(open, Method::POST, "/sign-in", post(sign_in::enter))
        .page(open, Method::POST, "/sign-out", post(sign_in::leave))
        .page(open, Method::GET, "/sign-in/code", get(by_code::ask))
        .page(open, Method::POST, "/sign-in/code", post(by_code::begin))
        .page(open, Method::GET, "/sign-in/code/enter", get(by_code::code))
        .page(open, Method::POST, "/sign-in/code/enter", post(by_code::enter))
        .page(open, Method::POST, "/sign-in/code/again", post(by_code::send_again))
        .page(open, Method::GET, "/forgotten", get(by_code::forgotten))
        .page(open, Method::POST, "/forgotten", post(by_code::begin_forgotten))
        .page(open, Method::GET, "/forgotten/code", get(by_code::forgotten_code))
        .page(open, Method::POST, "/forgotten/code", post(by_code::enter_forgotten))
        .page(open, Method::POST, "/forgotten/code/again", post(by_code::forgotten_again))
        .page(open, Method::GET, "/forgotten/password", get(by_code::new_password))
        .page(open, Method::POST, "/forgotten/password", post(by_code::set_password))
        .page(open, Method::GET, "/register", get(register::ask))
        .page(open, Method::POST, "/register", post(register::begin))
        .page(open, Method::GET, "/register/phone", get(register::phone))
        .page(open, Method::POST, "/register/phone", post(register::send))
        .page(open, Method::GET, "/register/code", get(register::code))
        .page(open, Method::POST, "/register/code", post(register::enter))
        .page(open, Method::POST, "/register/code/again", post(register::send_again))
        .page(open, Method::GET, "/register/password", get(register::password))
        .page(open, Method::POST, "/register/password", post(register::finish))
        .page(own, Method::GET, "/my/account", get(account::show))
        .page(own, Method::GET, "/my/account/access", get(account::access))
        .page(own, Method::GET, "/my/account/password", get(account::password))
        .page(own, Method::POST, "/my/account/password", post(account::change_password))
        .page(own, Method::GET, "/my/account/phone", get(account::phone))
        .page(own, Method::POST, "/my/account/phone", post(account::send))
        .page(own, Method::GET, "/my/account/phone/code", get(account::code))
        .page(own, Method::POST, "/my/account/phone/code", post(account::enter))
        .page(own, Method::POST, "/my/account/phone/again", post(account::send_again))
        .page(own, Method::POST, "/my/account/sessions/end", post(account::end_session))
        .page(own, Method::POST, "/my/account/sessions/end-others", post(account::end_others))
        .page(PUBLIC, Method::GET, "/act-for", get(act_for::choose))
        .page(PUBLIC, Method::POST, "/act-for", post(act_for::begin))
        .page(PUBLIC, Method::POST, "/act-for/self", post(act_for::end))
        .page(PUBLIC, Method::GET, "/act-for/register", get(act_for::ask))
        .page(PUBLIC, Method::POST, "/act-for/register", post(act_for::register))
        .page(PUBLIC, Method::GET, "/act-for/{enterprise}", get(act_for::agents))
        .page(PUBLIC, Method::POST, "/act-for/{enterprise}/agents", post(act_for::add_agent))
        .page(PUBLIC, Method::POST, "/act-for/{enterprise}/agents/{person}/end", post(act_for::end_agent))
        .done()
}
