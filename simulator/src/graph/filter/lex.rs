//! Cuts a $filter into words, texts and signs.
//! A quote inside a text is written twice.

use crate::graph::errors::GraphError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    /// A number or a time.
    Bare(String),
    Text(String),
    Sign(char),
}

pub(super) fn lex(text: &str) -> Result<Vec<Token>, GraphError> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, letter)) = rest.next() {
        if letter.is_whitespace() {
            continue;
        }
        match letter {
            '(' | ')' | ',' | ':' | '/' => tokens.push(Token::Sign(letter)),
            '\'' => {
                let mut content = String::new();
                loop {
                    match rest.next() {
                        Some((_, '\'')) if rest.next_if(|(_, next)| *next == '\'').is_some() => content.push('\''),
                        Some((_, '\'')) => break,
                        Some((_, other)) => content.push(other),
                        None => {
                            let text = format!("There is an unterminated string literal at position {at} in '{text}'.");
                            return Err(GraphError::bad_request(text));
                        }
                    }
                }
                tokens.push(Token::Text(content));
            }
            first if first.is_ascii_digit() || first == '-' => {
                let mut word = String::from(first);
                while let Some((_, next)) =
                    rest.next_if(|(_, next)| next.is_ascii_alphanumeric() || "-:.+".contains(*next))
                {
                    word.push(next);
                }
                tokens.push(Token::Bare(word));
            }
            first if first.is_alphabetic() || first == '_' => {
                let mut word = String::from(first);
                while let Some((_, next)) = rest.next_if(|(_, next)| next.is_alphanumeric() || "_.@".contains(*next)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
            _ => return Err(syntax(text)),
        }
    }
    Ok(tokens)
}

pub(super) fn syntax(text: &str) -> GraphError {
    GraphError::bad_request(format!("Invalid filter clause: Syntax error at position {} in '{text}'.", text.len()))
}
