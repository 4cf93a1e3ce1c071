// Podsecurity tells which pods the admission of Pod Security rejects.
//
// It reads one question a line, as JSON, and answers each with one line of JSON, in the same order:
//
//	{"level": "restricted", "version": "v1.27", "metadata": {}, "spec": {"containers": []}}
//	{"allowed": false, "reasons": ["runAsNonRoot != true: pod or container \"a\" must set ..."]}
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// Question is a pod, and the profile that it is held against.
type Question struct {
	Level    string            `json:"level"`
	Version  string            `json:"version"`
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     corev1.PodSpec    `json:"spec"`
}

// Verdict is the answer to one question.
type Verdict struct {
	Allowed bool     `json:"allowed"`
	Reasons []string `json:"reasons"`
}

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "podsecurity:", err)
		os.Exit(1)
	}
}

func answer(input io.Reader, output io.Writer) error {
	evaluator, err := newEvaluator()
	if err != nil {
		return err
	}
	reader, encoder := bufio.NewReader(input), json.NewEncoder(output)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			verdict, wrong := judge(evaluator, line)
			if wrong != nil {
				return wrong
			}
			if err := encoder.Encode(verdict); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// newEvaluator calls policy.NewEvaluator, which takes a second argument since 1.33: the version to emulate.
func newEvaluator() (policy.Evaluator, error) {
	function := reflect.ValueOf(policy.NewEvaluator)
	arguments := []reflect.Value{reflect.ValueOf(policy.DefaultChecks())}
	for position := 1; position < function.Type().NumIn(); position++ {
		arguments = append(arguments, reflect.Zero(function.Type().In(position)))
	}
	results := function.Call(arguments)
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	return results[0].Interface().(policy.Evaluator), nil
}

func judge(evaluator policy.Evaluator, line []byte) (Verdict, error) {
	question, verdict := Question{}, Verdict{Allowed: true, Reasons: []string{}}
	if err := json.Unmarshal(line, &question); err != nil {
		return verdict, err
	}
	level, err := api.ParseLevel(question.Level)
	if err != nil {
		return verdict, err
	}
	version, err := api.ParseVersion(question.Version)
	if err != nil {
		return verdict, err
	}
	profile := api.LevelVersion{Level: level, Version: version}
	for _, result := range evaluator.EvaluatePod(profile, &question.Metadata, &question.Spec) {
		if !result.Allowed {
			verdict.Allowed = false
			verdict.Reasons = append(verdict.Reasons, result.ForbiddenReason+": "+result.ForbiddenDetail)
		}
	}
	return verdict, nil
}
