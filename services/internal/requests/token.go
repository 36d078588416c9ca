package requests

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/compute/metadata"

	"github.com/awaitop/awaitop/lro"
)

// TokenStatus says why there was no access token. A refusal is any 4xx but "too slow" and "too
// many". It is UNAUTHENTICATED, and an operator has to mend it. Any other failure is UNAVAILABLE:
// it must not end a wait.
func TokenStatus(err error) lro.Status {
	code := tokenHTTP(err)
	switch {
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		return lro.Status{Code: lro.CodeUnavailable, Message: fmt.Sprintf("no access token: its issuer answered HTTP %d", code)}
	case code >= 400:
		return lro.Status{Code: lro.CodeUnauthenticated, Message: fmt.Sprintf("no access token: its issuer refused the worker's credentials with HTTP %d%s; "+
			"check GOOGLE_APPLICATION_CREDENTIALS or Options.Credentials", code, oauthError(err))}
	default:
		return LostStatus("no access token", err)
	}
}

// tokenHTTP returns the HTTP status in a token fetch's error, 0 without one. Errors of
// golang.org/x/oauth2 come as [auth.Error], too.
func tokenHTTP(err error) int {
	var refused *auth.Error
	if errors.As(err, &refused) && refused.Response != nil {
		return refused.Response.StatusCode
	}
	var compute *metadata.Error
	if errors.As(err, &compute) {
		return compute.Code
	}
	return 0
}

// oauthError is OAuth's word for a refusal, such as " (invalid_grant)". Only words of its alphabet
// pass, because the rest of the body may be any text.
func oauthError(err error) string {
	var refused *auth.Error
	if !errors.As(err, &refused) {
		return ""
	}
	var body struct {
		Error json.RawMessage `json:"error"`
	}
	word := ""
	_ = json.Unmarshal(refused.Body, &body) // no word, if it is not an object
	_ = json.Unmarshal(body.Error, &word)   // nor if it is not a text
	if oauthWords.MatchString(word) {
		return " (" + word + ")"
	}
	return ""
}

var oauthWords = regexp.MustCompile(`^[a-z_]{1,40}$`)
