/** Templates: the phases and steps that a kind of work has again and again. */
import type { Category, StepType } from '../domain/vocabulary.ts';

interface TemplateStep {
  task: string;
  type: StepType;
  requires_validation?: boolean;
  requires_user_confirmation?: boolean;
}

export interface Template {
  name: string;
  category: Category;
  about: string;
  goals: string[];
  success_criteria: string[];
  phases: { name: string; steps: TemplateStep[] }[];
}

export const TEMPLATES: readonly Template[] = [
  {
    name: 'feature',
    category: 'feature',
    about: 'something new for users',
    goals: ['Users can do what they could not do before'],
    success_criteria: ['The new behaviour is covered by tests that failed before'],
    phases: [
      {
        name: 'Understand',
        steps: [
          { task: 'Write down what users want to do, and how they will know that it works', type: 'analysis' },
          { task: 'Find the code that the feature touches, and what was decided about it before', type: 'research' },
        ],
      },
      {
        name: 'Design',
        steps: [
          { task: 'Choose a design and record the decision with what speaks against it', type: 'planning' },
          { task: 'Have the user agree to the design', type: 'user_validation', requires_user_confirmation: true },
        ],
      },
      {
        name: 'Build',
        steps: [
          { task: 'Write tests for the behaviour that is wanted', type: 'test' },
          { task: 'Make the tests pass', type: 'code' },
          { task: 'Describe the feature where users look for it', type: 'documentation' },
        ],
      },
      {
        name: 'Check',
        steps: [
          { task: 'Run the whole test suite and record the result', type: 'validation' },
          { task: 'Review the change', type: 'validation', requires_validation: true },
        ],
      },
    ],
  },
  {
    name: 'bugfix',
    category: 'bugfix',
    about: 'something that does not work',
    goals: ['The fault no longer happens'],
    success_criteria: ['A test shows the fault before the change and passes after it'],
    phases: [
      {
        name: 'Find',
        steps: [
          { task: 'Reproduce the fault and record how', type: 'analysis' },
          { task: 'Find the cause, not only the place', type: 'research' },
        ],
      },
      {
        name: 'Mend',
        steps: [
          { task: 'Write a test that fails because of the fault', type: 'test' },
          { task: 'Mend the cause', type: 'fix' },
        ],
      },
      {
        name: 'Check',
        steps: [
          { task: 'Run the whole test suite and record the result', type: 'validation' },
          { task: 'Look for the same fault in other places', type: 'analysis' },
        ],
      },
    ],
  },
  {
    name: 'refactor',
    category: 'refactor',
    about: 'better code, same behaviour',
    goals: ['The code is easier to change'],
    success_criteria: ['Behaviour is unchanged: the tests of before pass'],
    phases: [
      {
        name: 'Pin down',
        steps: [
          { task: 'Say what is hard to change today, and why', type: 'analysis' },
          { task: 'Cover the behaviour that must not change with tests', type: 'test' },
        ],
      },
      {
        name: 'Change',
        steps: [
          { task: 'Change one thing at a time, with green tests in between', type: 'refactor' },
          { task: 'Remove what nothing uses any more', type: 'refactor' },
        ],
      },
      {
        name: 'Check',
        steps: [
          { task: 'Run the whole test suite and record the result', type: 'validation' },
          { task: 'Review the change', type: 'validation', requires_validation: true },
        ],
      },
    ],
  },
  {
    name: 'documentation',
    category: 'quick_task',
    about: 'texts for users or developers',
    goals: ['Readers find what they look for'],
    success_criteria: ['Every command in the text was run as it stands there'],
    phases: [
      {
        name: 'Collect',
        steps: [
          { task: 'Name the readers and what they come to do', type: 'analysis' },
          { task: 'Collect what exists and mark what is wrong or missing', type: 'research' },
        ],
      },
      {
        name: 'Write',
        steps: [
          { task: 'Write the text', type: 'documentation' },
          { task: 'Run every command and follow every link in it', type: 'validation' },
        ],
      },
    ],
  },
  {
    name: 'analysis',
    category: 'advisory',
    about: 'a question about what exists',
    goals: ['The question is answered'],
    success_criteria: ['Every statement in the answer names its source'],
    phases: [
      {
        name: 'Look',
        steps: [
          { task: 'Sharpen the question, and say what an answer would look like', type: 'planning' },
          { task: 'Read the code and documents that bear on it, and note findings with sources', type: 'analysis' },
        ],
      },
      {
        name: 'Answer',
        steps: [
          { task: 'Try to disprove the answer', type: 'validation' },
          { task: 'Write the answer as a research document', type: 'documentation' },
        ],
      },
    ],
  },
  {
    name: 'investigation',
    category: 'advisory',
    about: 'a problem whose cause nobody knows',
    goals: ['The cause is known'],
    success_criteria: ['The cause explains everything that was observed'],
    phases: [
      {
        name: 'Observe',
        steps: [
          { task: 'Record what was observed, when and where, apart from what is guessed', type: 'analysis' },
          { task: 'Reproduce it, or find out what would be needed to', type: 'research' },
        ],
      },
      {
        name: 'Explain',
        steps: [
          { task: 'List possible causes and what each of them predicts', type: 'analysis' },
          { task: 'Test the predictions one by one and record the dead ends', type: 'research' },
        ],
      },
      {
        name: 'Report',
        steps: [{ task: 'Write down the cause, the evidence and what should be done', type: 'documentation' }],
      },
    ],
  },
];
