package lro_test

import (
	"encoding/json"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/lro"
)

func TestStatusDetails(t *testing.T) {
	t.Parallel()
	const prefix = `{"@type":"type.googleapis.com/google.rpc.`
	tests := map[string]struct {
		reason  string
		details []string
		why     string
		domain  string
		delay   time.Duration
		advised bool
	}{
		"none":       {reason: "a bare status"},
		"both":       {reason: "each is found", details: []string{prefix + `ErrorInfo","reason":"R","domain":"d"}`, prefix + `RetryInfo","retryDelay":"1.5s"}`}, why: "R", domain: "d", delay: 1500 * time.Millisecond, advised: true},
		"unknown":    {reason: "a type nobody linked in hides nothing", details: []string{`{"@type":"type.googleapis.com/x.Y","reason":"no"}`, prefix + `ErrorInfo","reason":"R"}`}, why: "R"},
		"garbled":    {reason: "one that does not decode is absent", details: []string{prefix + `ErrorInfo","reason":7}`, prefix + `ErrorInfo","reason":"R"}`}, why: "R"},
		"first":      {reason: "the first of two", details: []string{prefix + `ErrorInfo","reason":"A"}`, prefix + `ErrorInfo","reason":"B"}`}, why: "A"},
		"no objects": {reason: "another shape is absent", details: []string{`null`, `7`, `"x"`, `[]`, `{}`}},
		"untyped":    {reason: "an object without a type is nobody's", details: []string{`{"reason":"R"}`}},
		"other case": {reason: "JSON's keys have a case", details: []string{`{"@TYPE":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R"}`}},
		"no delay":   {reason: "a RetryInfo that says nothing", details: []string{prefix + `RetryInfo"}`}},
		"zero":       {reason: "at once is advice too", details: []string{prefix + `RetryInfo","retryDelay":"0s"}`}, advised: true},
		"negative":   {reason: "no delay is below zero", details: []string{prefix + `RetryInfo","retryDelay":"-5s"}`}, advised: true},
		"longest":    {reason: "proto's range is wider than Go's", details: []string{prefix + `RetryInfo","retryDelay":"315576000000s"}`}, delay: 1<<63 - 1, advised: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := lro.Status{Code: lro.CodeUnavailable}
			for _, detail := range tt.details {
				s.Details = append(s.Details, json.RawMessage(detail))
			}
			if why, domain := s.Reason(); why != tt.why || domain != tt.domain {
				t.Errorf("%s: Reason() = %q, %q", tt.reason, why, domain)
			}
			if delay, ok := s.RetryDelay(); delay != tt.delay || ok != tt.advised {
				t.Errorf("%s: RetryDelay() = %v, %v", tt.reason, delay, ok)
			}
			if info, ok := lro.StatusDetail[*errdetails.ErrorInfo](s); ok != (tt.why != "") || info.GetReason() != tt.why {
				t.Errorf("%s: StatusDetail = %v, %v", tt.reason, info, ok)
			}
		})
	}
}
