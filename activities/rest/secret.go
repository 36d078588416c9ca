package rest

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

const (
	// redacted stands for a credential.
	redacted = "REDACTED"
	// minSecret is the shortest credential looked for, in bytes. A shorter one is a
	// test's, and stands in other words.
	minSecret = 8
)

// secrets are the credentials of one request, in the forms that a reply may repeat them
// in: a service may quote them, in its message, a redirect or a malformed header.
type secrets []string

// secretsOf returns the credentials that a request is sent with: those of its
// Authorization and X-Goog-Api-Key headers and of the query parameters that hold any.
func secretsOf(r *http.Request) secrets {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	found := []string{token, r.Header.Get("X-Goog-Api-Key")}
	if r.URL.RawQuery != "" {
		query := r.URL.Query()
		found = append(found, query.Get("key"), query.Get("access_token"))
	}
	var out secrets
	for _, secret := range found {
		if len(secret) >= minSecret {
			out = append(out, formsOf(secret)...)
		}
	}
	return out
}

// formsOf are the forms of a secret: as it is, in lower case as in a host, in a URL, and
// in the JSON of encoders that escape '=' or '/'.
func formsOf(secret string) []string {
	forms := []string{secret}
	for _, form := range []string{
		strings.ToLower(secret), url.QueryEscape(secret), strings.ReplaceAll(secret, "/", `\/`),
		strings.ReplaceAll(secret, "=", `\u003d`), strings.ReplaceAll(secret, "=", `\u003D`),
	} {
		if form != secret {
			forms = append(forms, form)
		}
	}
	return forms
}

func (s secrets) inText(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return text
}

// inBody returns the body without the secrets: itself if it has none.
func (s secrets) inBody(body []byte) []byte {
	for _, secret := range s {
		if bytes.Contains(body, []byte(secret)) {
			body = bytes.ReplaceAll(body, []byte(secret), []byte(redacted))
		}
	}
	return body
}

// inHeader takes the secrets out of a reply's header.
func (s secrets) inHeader(header http.Header) {
	for name, values := range header {
		if s.inText(name) != name {
			delete(header, name)
			continue
		}
		for i, value := range values {
			values[i] = s.inText(value)
		}
	}
}

// inError returns the transport's error without the secrets, and without what it quotes
// of a malformed reply.
func (s secrets) inError(err error) error {
	text := err.Error()
	if i := strings.IndexByte(text, '"'); i >= 0 && strings.Contains(text, "malformed") {
		text = strings.TrimRight(text[:i], " :,")
	}
	if text = s.inText(text); text == err.Error() {
		return err
	}
	return &redactedError{err, text}
}

// redactedError is an error with another text. To errors.Is it is the error it was; it
// cannot be unwrapped, since that one's text has what was taken out.
type redactedError struct {
	err  error
	text string
}

func (e *redactedError) Error() string { return e.text }

// Is reports whether the error is target.
func (e *redactedError) Is(target error) bool { return errors.Is(e.err, target) }

// Timeout is the error's own.
func (e *redactedError) Timeout() bool { return isTimeout(e.err) }

// Temporary is there for net.Error, and false.
func (e *redactedError) Temporary() bool { return false }
