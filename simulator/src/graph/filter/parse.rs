//! Reads a $filter by OData's precedence: `not` binds tighter than `and`, `and` tighter than `or`.
//! Everything a client of this kind asks is known; arithmetic and `all` are not.

use super::lex::{Token, lex, syntax};
use super::{Filter, Function, Literal, Operator, Path};
use crate::graph::errors::GraphError;

pub(crate) fn parse(text: &str) -> Result<Filter, GraphError> {
    let mut parser = Parser { text, tokens: lex(text)?, at: 0 };
    let filter = parser.or()?;
    if parser.at < parser.tokens.len() {
        return Err(syntax(text));
    }
    Ok(filter)
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Filter, GraphError> {
        let mut left = self.and()?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Filter, GraphError> {
        let mut left = self.unary()?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Filter, GraphError> {
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.unary()?)));
        }
        if self.sign('(') {
            let inner = self.or()?;
            self.expect(')')?;
            return Ok(inner);
        }
        self.clause()
    }

    fn clause(&mut self) -> Result<Filter, GraphError> {
        let first = self.name()?;
        if self.peek() == Some(&Token::Sign('(')) {
            return self.function(&first);
        }
        let mut path = vec![first];
        while self.sign('/') {
            let next = self.name()?;
            if next == "any" && self.sign('(') {
                return self.any(&path);
            }
            path.push(next);
        }
        self.comparison(path)
    }

    fn function(&mut self, name: &str) -> Result<Filter, GraphError> {
        let function = match name.to_ascii_lowercase().as_str() {
            "startswith" => Function::StartsWith,
            "endswith" => Function::EndsWith,
            "contains" => Function::Contains,
            _ => {
                let text = format!("An unknown function with name '{name}' was found.");
                return Err(GraphError::bad_request(text));
            }
        };
        self.expect('(')?;
        let path = self.path()?;
        self.expect(',')?;
        let Literal::Text(value) = self.literal()? else {
            return Err(syntax(self.text));
        };
        self.expect(')')?;
        // `startsWith(...) eq true` is the same, longer.
        if self.word("eq") && !matches!(self.literal()?, Literal::Bool(true)) {
            return Err(syntax(self.text));
        }
        Ok(Filter::Text { function, path, value })
    }

    fn any(&mut self, path: &[String]) -> Result<Filter, GraphError> {
        let [collection] = path else {
            return Err(syntax(self.text));
        };
        let variable = self.name()?;
        self.expect(':')?;
        let body = self.or()?;
        self.expect(')')?;
        Ok(Filter::Any { collection: collection.clone(), variable, body: Box::new(body) })
    }

    fn comparison(&mut self, path: Path) -> Result<Filter, GraphError> {
        let word = self.name()?;
        let operator = match word.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "ge" => Operator::Ge,
            "le" => Operator::Le,
            "gt" => Operator::Gt,
            "lt" => Operator::Lt,
            "in" => {
                self.expect('(')?;
                let mut values = vec![self.literal()?];
                while self.sign(',') {
                    values.push(self.literal()?);
                }
                self.expect(')')?;
                return Ok(Filter::In { path, values });
            }
            _ => return Err(syntax(self.text)),
        };
        Ok(Filter::Compare { path, operator, value: self.literal()? })
    }

    fn path(&mut self) -> Result<Path, GraphError> {
        let mut path = vec![self.name()?];
        while self.sign('/') {
            path.push(self.name()?);
        }
        Ok(path)
    }

    fn literal(&mut self) -> Result<Literal, GraphError> {
        let literal = match self.peek() {
            Some(Token::Text(text)) => Literal::Text(text.clone()),
            Some(Token::Bare(text)) => Literal::Bare(text.clone()),
            Some(Token::Word(word)) if word == "true" => Literal::Bool(true),
            Some(Token::Word(word)) if word == "false" => Literal::Bool(false),
            Some(Token::Word(word)) if word == "null" => Literal::Null,
            _ => return Err(syntax(self.text)),
        };
        self.at += 1;
        Ok(literal)
    }

    fn name(&mut self) -> Result<String, GraphError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(syntax(self.text)),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(wanted));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), GraphError> {
        if self.sign(wanted) { Ok(()) } else { Err(syntax(self.text)) }
    }
}
