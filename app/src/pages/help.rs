//! Help: what you see, what to do, why, is any mail lost. In the words of the screens.

mod articles;

use crate::components::frame::{Head, Place, Sheet};
use crate::pages::page;
use articles::{Article, Block, CHAPTERS};
use domain::Refusal;
use leptos::prelude::*;

/// `/help`
#[component]
pub fn HelpPage() -> impl IntoView {
    page(|here| async move {
        let chapters = CHAPTERS
            .iter()
            .map(|chapter| {
                let list = chapter
                    .articles
                    .iter()
                    .map(|a| view! { <li><div><h3><a class="plain" href=format!("/help/{}", a.key)>{a.title}</a></h3><p class="soft">{a.lead}</p></div></li> })
                    .collect_view();
                view! { <section class="panel"><header><h2>{chapter.title}</h2></header><ul class="lines">{list}</ul></section> }
            })
            .collect_view();
        Ok(view! {
            <Sheet here title="Help" place=Place::Help>
                <Head title="Help" sub="What you see, what to do, and why."/>
                <div class="stack loose">{chapters}</div>
            </Sheet>
        }
        .into_any())
    })
}

/// `/help/:article`
#[component]
pub fn ArticlePage() -> impl IntoView {
    page(|here| async move {
        let key = here.place.param("article").unwrap_or_default();
        let article = articles::find(&key).ok_or(Refusal::NotFound)?;
        let index = CHAPTERS
            .iter()
            .map(|chapter| {
                let list = chapter
                    .articles
                    .iter()
                    .map(|a| view! { <a href=format!("/help/{}", a.key) aria-current=(a.key == key).then_some("page")>{a.title}</a> })
                    .collect_view();
                view! { <h3>{chapter.title}</h3>{list} }
            })
            .collect_view();
        Ok(view! {
            <Sheet here title=article.title place=Place::Help>
                <div class="columns">
                    {body(article)}
                    <aside aria-label="Help articles"><nav class="index" aria-label="Articles"><h2 class="vh">"Articles"</h2>{index}</nav></aside>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn body(article: &'static Article) -> impl IntoView {
    let blocks = article
        .blocks
        .iter()
        .map(|block| match block {
            Block::Head(words) => view! { <h2>{*words}</h2> }.into_any(),
            Block::Text(words) => view! { <p>{*words}</p> }.into_any(),
            Block::More(key, words) => view! { <p><a href=format!("/help/{key}")>{*words}</a></p> }.into_any(),
            Block::Steps(steps) => {
                let steps = steps.iter().map(|step| view! { <li><span>{*step}</span></li> }).collect_view();
                view! { <ol class="howto">{steps}</ol> }.into_any()
            }
            Block::List(items) => {
                let items = items.iter().map(|item| view! { <li>{*item}</li> }).collect_view();
                view! { <ul>{items}</ul> }.into_any()
            }
        })
        .collect_view();
    view! {
        <article class="prose">
            <nav aria-label="Breadcrumb"><ol class="crumbs"><li><a class="plain" href="/help">"Help"</a></li><li>"Email"</li></ol></nav>
            <h1>{article.title}</h1>
            <p class="lead">{article.lead}</p>
            {blocks}
        </article>
    }
}
